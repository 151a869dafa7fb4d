import { Client } from 'pg';

import { useCluster } from '../../support/cluster';
import { GrpcClients } from '../../support/grpc-client';
import { METRICS_FLAGS, metricsUrlOf, scrape } from '../../support/metrics';
import { NodeActor } from '../../support/node-actor';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { killReplicas, startReplicas, type TestReplica } from '../../support/replicas';
import { StatementMeter } from '../../support/statement-meter';

/** What the issue asks of a scrape. */
const MOST_MILLISECONDS = 2_000;

describe('the port of the metrics', () => {
  const cluster = useCluster({ count: 1, flags: METRICS_FLAGS });

  it('serves them and nothing else', async () => {
    const url = metricsUrlOf(cluster.replicas[0]!);
    const answer = await fetch(url);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    await answer.arrayBuffer();
    for (const path of ['/', '/health/live', '/metrics/', '/v1/control/list-runs']) {
      expect((await fetch(new URL(path, url))).status, path).toBe(404);
    }
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(404);
  });

  it('is the only one that has them', async () => {
    const { http } = cluster.replicas[0]!.addresses;
    const answer = await fetch(`http://${http}/metrics`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('superlink_');
  });

  it('is not opened unless told', async () => {
    const [replica] = await startReplicas(1, cluster.database.url);
    expect(() => metricsUrlOf(replica!)).toThrow('serves no metrics');
    await killReplicas([replica!]);
  });

  it('answers soon while the database does not', async () => {
    const url = metricsUrlOf(cluster.replicas[0]!);
    const before = (await scrape(url)).value('database_errors_total', { class: '57' }) ?? 0;
    const locker = new Client({ connectionString: cluster.database.url });
    await locker.connect();
    await locker.query('begin');
    await locker.query('lock table node in access exclusive mode');
    await expect
      .poll(async () => (await timed(() => scrape(url))).result.value('database_up'), {
        timeout: 20_000,
      })
      .toBe(0);
    const { result, milliseconds } = await timed(() => scrape(url));
    expect(milliseconds).toBeLessThan(MOST_MILLISECONDS);
    expect(result.value('nodes')).toBeUndefined();
    expect(result.value('process_resident_memory_bytes')).toBeGreaterThan(0);
    await locker.end();
    await expect
      .poll(async () => (await scrape(url)).value('database_up'), { timeout: 20_000 })
      .toBe(1);
    expect((await scrape(url)).value('database_errors_total', { class: '57' })).toBeGreaterThan(
      before,
    );
  });
});

describe('metrics while the database is away', () => {
  let database: TestDatabase;
  let relay: StatementMeter;
  let replica: TestReplica;

  beforeAll(async () => {
    database = await createDatabase();
    relay = await StatementMeter.start(database.url);
    const flags = ['--database', relay.url, ...METRICS_FLAGS];
    [replica] = (await startReplicas(1, database.url, flags)) as [TestReplica];
  });
  afterAll(async () => {
    await killReplicas([replica]);
    await database.drop();
  });

  it('are what this replica knows by itself, and soon', async () => {
    const url = metricsUrlOf(replica);
    expect((await scrape(url)).value('nodes', { status: 'online' })).toBe(0);
    relay.close();
    const clients = new GrpcClients([replica.addresses]);
    await expect(new NodeActor(clients).register()).rejects.toThrow('UNAVAILABLE');
    clients.close();
    await expect
      .poll(async () => (await scrape(url)).value('listen_up'), { timeout: 15_000 })
      .toBe(0);
    const { result, milliseconds } = await timed(() => scrape(url));
    expect(milliseconds).toBeLessThan(MOST_MILLISECONDS);
    expect(result.value('rpc_calls_total', { method: 'RegisterNode', code: 'UNAVAILABLE' })).toBe(
      1,
    );
    expect(result.value('database_errors_total', { class: 'connection' })).toBeGreaterThan(0);
    await expect
      .poll(async () => (await scrape(url)).value('database_up'), { timeout: 15_000 })
      .toBe(0);
    expect((await scrape(url)).value('nodes')).toBeUndefined();
  });
});

describe('metrics of a replica that drains', () => {
  const cluster = useCluster({ count: 1, flags: METRICS_FLAGS });

  it('say so until the end', async () => {
    const [replica] = cluster.replicas as [TestReplica];
    const url = metricsUrlOf(replica);
    expect((await scrape(url)).value('draining')).toBe(0);
    const ended = replica.stop();
    await expect.poll(async () => (await scrape(url)).value('draining'), { interval: 20 }).toBe(1);
    expect(await ended).toBe(0);
    await expect(scrape(url)).rejects.toThrow();
  });
});

async function timed<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; milliseconds: number }> {
  const began = performance.now();
  const result = await work();
  return { result, milliseconds: performance.now() - began };
}
