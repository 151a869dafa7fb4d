import { readFileSync } from 'node:fs';

import { Client } from 'pg';

import { useCluster } from '../../support/cluster';
import { METRICS_FLAGS, metricsUrlOf, type Scrape, scrape } from '../../support/metrics';
import { NodeActor } from '../../support/node-actor';
import { makeInstruction, makeReply } from '../../support/objects';
import { startRun, SuperExecActor, TaskActor } from '../../support/task-actor';

/** So long one answer of the database is good for. */
const FRESH_MILLISECONDS = 6_000;
const CHANGES = 100;

describe('the metrics of what there is', () => {
  const cluster = useCluster({ count: 1, flags: METRICS_FLAGS });
  const now = async (): Promise<Scrape> => scrape(metricsUrlOf(cluster.replicas[0]!));
  const int8 = (id: bigint): bigint => BigInt.asIntN(64, id);

  /** @param before done before each look */
  async function untilShown(
    expected: Readonly<Record<string, number>>,
    before?: () => Promise<unknown>,
  ): Promise<void> {
    const look = async (): Promise<unknown> => {
      await before?.();
      return shown(Object.keys(expected));
    };
    await expect.poll(look, { timeout: 3 * FRESH_MILLISECONDS, interval: 200 }).toEqual(expected);
  }

  /** Values by `name` or `name label=value`. */
  async function shown(keys: readonly string[]): Promise<Record<string, number | undefined>> {
    const scraped = await now();
    return Object.fromEntries(
      keys.map((key) => {
        const [name = '', ...labels] = key.split(' ');
        const pairs = labels.map((label) => label.split('=') as [string, string]);
        return [key, scraped.value(name, Object.fromEntries(pairs))];
      }),
    );
  }

  it('tell which release this is, how it is, and how the process fares', async () => {
    // a replica may serve a moment before it listens
    const listens = async (): Promise<number | undefined> => (await now()).value('listen_up');
    await expect.poll(listens, { timeout: FRESH_MILLISECONDS }).toBe(1);
    const scraped = await now();
    const build = scraped.samples.find(({ name }) => name === 'build_info');
    expect(build?.labels['version']).toMatch(/^\d+\.\d+\.\d+/);
    const [newest] = await cluster.query<{ name: string }>(
      'select name from schema_migration order by id desc limit 1',
    );
    expect(build?.labels['schema']).toBe(newest!.name);
    expect(scraped.value('draining')).toBe(0);
    expect(scraped.value('database_up')).toBe(1);
    expect(scraped.value('pool_connections', { state: 'waiting' })).toBe(0);
    expect(scraped.value('process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(scraped.value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  });

  it('are all explained in docs/metrics.md', async () => {
    const explained = readFileSync('docs/metrics.md', 'utf8');
    const names = (await now()).text.match(/^# TYPE \S+/gm)!.map((line) => line.slice(17));
    const own = names.filter((name) => !/^(nodejs|process)_/.test(name));
    expect(own.length).toBeGreaterThan(20);
    for (const name of own) expect(explained).toContain(`| \`${name}\` `);
    const alerted = explained.match(/superlink_\w+/g)!.map((name) => name.slice(10));
    for (const name of alerted) expect(names).toContain(name);
  });

  it('follow nodes, runs, messages and their objects', async () => {
    const [online, lost, gone, unregistered] = await Promise.all(
      Array.from({ length: 4 }, () => NodeActor.online(cluster.clients)),
    );
    // again and again: that it has just called is written down some seconds later
    const lose = (): Promise<unknown> =>
      cluster.query(
        `update node set online_until = now() - interval '1 second' where node_id = $1`,
        [int8(lost!.nodeId)],
      );
    await gone!.deactivate();
    await unregistered!.unregister();
    const app = await TaskActor.running(cluster.clients);
    await startRun(cluster.clients);
    const payload = Buffer.alloc(100_000, 'x');
    for (const node of [online!, lost!]) {
      await app.send(makeInstruction({ runId: app.runId, dstNodeId: node.nodeId, payload }));
    }
    const expected = {
      'nodes status=online': 1,
      'nodes status=lost': 1,
      'nodes status=offline': 1,
      'nodes status=registered': 0,
      'runs status=running': 1,
      'runs status=pending': 1,
      'pending_messages waits_for=online_node': 1,
      'pending_messages waits_for=offline_node': 1,
      'pending_messages waits_for=serverapp': 0,
    };
    await untilShown(expected, lose);
    const scraped = await now();
    expect(scraped.value('object_bytes')).toBeGreaterThan(payload.length);
    expect(scraped.value('object_disk_bytes')).toBeGreaterThan(0);
    expect(scraped.value('object_transfer_bytes_total', { direction: 'in' })).toBeGreaterThan(
      100_000,
    );
    const oldest = scraped.value('oldest_pending_message_seconds', { waits_for: 'online_node' });
    expect(oldest).toBeGreaterThan(0);
    expect(oldest).toBeLessThan(60);

    const { messagesList } = await online!.receive();
    await online!.send(makeReply(messagesList[0]!));
    await untilShown({
      'pending_messages waits_for=online_node': 0,
      'pending_messages waits_for=serverapp': 1,
      'polls_total kind=node result=answered': 1,
    });
    expect(
      (await now()).value('object_transfer_bytes_total', { direction: 'out' }),
    ).toBeGreaterThan(100_000);
    await app.output();
    expect((await now()).value('run_ends_total', { outcome: 'completed' })).toBe(1);
  });

  it('tell how much has happened since the oldest snapshot that somebody holds', async () => {
    const node = await NodeActor.online(cluster.clients);
    const waiting = { timeout: 3 * FRESH_MILLISECONDS, interval: 200 };
    const age = async (): Promise<number> => (await now()).value('oldest_snapshot_transactions')!;
    const change = async (): Promise<unknown> =>
      cluster.query('update node set location = location where node_id = $1', [int8(node.nodeId)]);
    const idle = new Client({ connectionString: cluster.database.url });
    await idle.connect();
    try {
      await idle.query('begin isolation level repeatable read');
      await idle.query('select count(*) from node');
      for (let count = 0; count < CHANGES; count += 1) await change();
      await expect.poll(age, waiting).toBeGreaterThanOrEqual(CHANGES);
    } finally {
      await idle.end();
    }
    await expect.poll(age, waiting).toBeLessThan(CHANGES);
  });

  it('count empty polls', async () => {
    const node = await NodeActor.online(cluster.clients);
    const before = await shown(['polls_total kind=node result=empty']);
    await node.pull();
    const [[key, count]] = Object.entries(before) as [[string, number]];
    expect(await shown([key])).toEqual({ [key]: count + 1 });
  });

  it('count what had to be handed out again', async () => {
    const node = await NodeActor.online(cluster.clients);
    const app = await TaskActor.running(cluster.clients);
    const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    await app.send(sent);
    await node.pull();
    await cluster.query(
      `update instruction set handed_out_at = handed_out_at - interval '2 seconds'`,
    );
    await node.pull();
    expect(await shown(['redeliveries_total to=node', 'redeliveries_total to=serverapp'])).toEqual({
      'redeliveries_total to=node': 1,
      'redeliveries_total to=serverapp': 0,
    });
    await node.send(makeReply(sent.message));
    await app.pull(sent.id);
    await cluster.query(`update reply set handed_out_at = handed_out_at - interval '2 seconds'`);
    await app.pull(sent.id);
    expect(await shown(['redeliveries_total to=serverapp'])).toEqual({
      'redeliveries_total to=serverapp': 1,
    });
  });

  it('count leases that ended without a word', async () => {
    const superExec = new SuperExecActor(cluster.clients);
    const lapse = ({ taskId }: TaskActor): Promise<unknown> =>
      cluster.query(
        `update task set active_until = now() - interval '1 second' where task_id = $1`,
        [int8(taskId)],
      );
    const claimed = await superExec.launch(await startRun(cluster.clients));
    await lapse(claimed);
    const running = await superExec.launch(claimed.runId);
    await running.input();
    const key = 'lease_expiries_total lease=claim';
    expect(await shown([key])).toEqual({ [key]: 1 });
    await lapse(running);
    await untilShown({
      'lease_expiries_total lease=heartbeat': 1,
      'run_ends_total outcome=failed': 1,
    });
  });
});
