import { randomBytes } from 'node:crypto';

import { Client } from 'pg';

import { ControlService } from '../../../src/generated/flwr/proto/control';
import { ListRunsRequest } from '../../../src/generated/flwr/proto/control_run';
import { ListRunSeriesRequest } from '../../../src/generated/flwr/proto/control_series';
import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { GrpcClients } from '../../support/grpc-client';
import { HttpClients } from '../../support/http-client';
import { NodeActor } from '../../support/node-actor';
import { makeInstruction, makeReply } from '../../support/objects';
import { PgBouncer } from '../../support/pgbouncer';
import { createDatabase, createEmptyDatabase, type TestDatabase } from '../../support/postgres';
import {
  killReplicas,
  showLogsOfFailure,
  startReplicas,
  type TestReplica,
} from '../../support/replicas';
import { outcomeOf, type RpcClients } from '../../support/rpc-clients';
import { TaskActor } from '../../support/task-actor';

const MIB = 2 ** 20;
/** More than the pooler has servers, and than one replica has connections. */
const PAIRS = 12;
/** Shorter than the slow poll behind the holds, so that it proves a notification. */
const WOKEN_MILLISECONDS = 1_000;
const SOON_MILLISECONDS = 5_000;

describe('behind a PgBouncer in transaction mode', () => {
  let database: TestDatabase;
  let pooler: PgBouncer;
  let replicas: TestReplica[] = [];
  let admin: Client;
  let grpc: RpcClients;
  let http: RpcClients;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    admin = new Client({ connectionString: database.url });
    await admin.connect();
    // what a pooler refuses at the start of a session is set where the server finds it
    await admin.query(`do $$ begin
      execute format('alter database %I set timezone to ''Asia/Tokyo''', current_database());
      execute format('alter database %I set statement_timeout to ''15s''', current_database());
      execute format('alter database %I set lock_timeout to ''5s''', current_database());
    end $$`);
    pooler = await PgBouncer.start(database.url);
    const flags = ['--database-direct', database.url, '--node-hold-seconds', '25'];
    replicas = await startReplicas(2, pooler.url, flags);
    const addresses = replicas.map((replica) => replica.addresses);
    grpc = new GrpcClients(addresses);
    http = new HttpClients(addresses);
  });
  afterEach(({ task }) => {
    showLogsOfFailure(task.result?.state === 'fail', replicas);
  });
  afterAll(async () => {
    for (const clients of [grpc, http]) clients.close();
    await killReplicas(replicas);
    await pooler.close();
    await admin.end();
    await database.drop();
  });

  /** A message with large content to a node and its reply back, as a round of a run. */
  async function exchange(clients: RpcClients): Promise<void> {
    const node = await NodeActor.online(clients);
    const app = await TaskActor.running(clients);
    // more than a segment: written by parameters, read by COPY
    const payload = randomBytes(5 * MIB);
    const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId, payload });
    expect(await app.send(sent)).toEqual([sent.id]);
    const pulled = await node.receive();
    expect(pulled.messagesList).toEqual([sent.message]);
    const reply = makeReply(pulled.messagesList[0]!, { payload });
    await node.send(reply);
    expect((await app.receive(sent.id)).messagesList).toEqual([reply.message]);
    await app.logs('done');
    await app.output();
    await node.deactivate();
  }

  async function advisoryLocks(): Promise<number> {
    const { rows } = await admin.query(
      `select from pg_locks where locktype = 'advisory'
         and database = (select oid from pg_database where datname = current_database())`,
    );
    return rows.length;
  }

  it('replicas start on an empty database', async () => {
    expect(await Promise.all(replicas.map((replica) => replica.readiness()))).toEqual([200, 200]);
  });

  it.each([
    ['gRPC', () => grpc],
    ['HTTP', () => http],
  ])('messages with large content go both ways over %s, many at once', async (_, clients) => {
    await Promise.all(Array.from({ length: PAIRS }, () => exchange(clients())));
  });

  it('the command line sees runs, with times in UTC whatever the database has', async () => {
    const all = ListRunsRequest.fromPartial({ limit: 100n });
    const listed = await grpc.call(ControlService.listRuns, all);
    const runs = [...listed.runDict.values()];
    expect(runs).toHaveLength(2 * PAIRS);
    expect(Math.abs(Date.parse(listed.now) - Date.now())).toBeLessThan(60_000);
    for (const { finishedAt } of runs) expect(finishedAt).toMatch(/\+00:00$/);
    const series = ListRunSeriesRequest.fromPartial({});
    expect(await outcomeOf(grpc.call(ControlService.listRunSeries, series))).toBe('OK');
  });

  it('a held call is woken by a notification, which comes around the pooler', async () => {
    const app = await TaskActor.running(grpc);
    const node = await NodeActor.online(grpc);
    const polls = new GrpcClients([replicas[0]!.addresses]);
    const request = { node: node.requests.node, messageIds: [] };
    const { answer } = polls.start(FleetService.pullMessages, request, node.headers());
    const other = new GrpcClients([replicas[1]!.addresses]);
    const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    await app.through(other).send(sent);
    const whole = performance.now();
    expect((await answer).messagesList).toEqual([sent.message]);
    expect(performance.now() - whole).toBeLessThan(WOKEN_MILLISECONDS);
    for (const clients of [polls, other]) clients.close();
  });

  it('statements keep their limits, which the database sets', async () => {
    const client = new Client({ connectionString: pooler.url });
    await client.connect();
    const { rows } = await client.query('show statement_timeout');
    await client.end();
    expect(rows).toEqual([{ statement_timeout: '15s' }]);
  });

  it('no statement was prepared by name, and no lock outlives its transaction', async () => {
    const said = replicas.flatMap(({ log }) => log).join('\n');
    expect(said).not.toMatch(/42P05|26000|prepared statement/);
    // housekeeping holds one while a job of it goes on; one that nobody gives back is there for good
    await vi.waitFor(async () => expect(await advisoryLocks()).toBe(0), SOON_MILLISECONDS);
  });

  it('a pooler that is killed and comes back delays calls and ends nobody', async () => {
    await pooler.kill();
    const list = () =>
      outcomeOf(http.call(ControlService.listRuns, ListRunsRequest.fromPartial({})));
    expect(await list()).toBe('UNAVAILABLE');
    await pooler.start();
    await vi.waitFor(async () => expect(await list()).toBe('OK'), SOON_MILLISECONDS);
    await exchange(grpc);
    expect(replicas.filter((replica) => replica.hasEnded)).toEqual([]);
  });
});

describe('a pooler that nothing is said of', () => {
  it('ends the start with the setting that is missing', async () => {
    const database = await createDatabase();
    const pooler = await PgBouncer.start(database.url);
    await expect(startReplicas(1, pooler.url)).rejects.toThrow(/--database-direct/);
    await pooler.close();
    await database.drop();
  });
});
