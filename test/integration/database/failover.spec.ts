import { migrate } from '../../../src/database/migrate';
import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { toInt8 } from '../../../src/wire/ids';
import { GrpcClients } from '../../support/grpc-client';
import { HttpClients } from '../../support/http-client';
import { NodeActor } from '../../support/node-actor';
import { makeInstruction } from '../../support/objects';
import { PostgresPair } from '../../support/postgres-pair';
import {
  killReplicas,
  showLogsOfFailure,
  startReplicas,
  type TestReplica,
} from '../../support/replicas';
import type { RpcClients } from '../../support/rpc-clients';
import { TaskActor } from '../../support/task-actor';
import type { WriteLoad } from '../../support/write-load';
import { loadsOfMessages, loadsOfRuns } from '../../support/write-loads';

const SOON_MILLISECONDS = 5_000;
const LISTENER_MILLISECONDS = 10_000;
/** Shorter than the slow poll behind the holds, so that it proves a notification. */
const WOKEN_MILLISECONDS = 1_000;
const LISTENERS = `
  select count(*)::int as count from pg_stat_activity where application_name = 'superlink listen'`;
const POOLED = `
  select count(*)::int as count from pg_stat_activity where application_name = 'superlink'`;

describe('a primary that dies under load', () => {
  let pair: PostgresPair;
  let replicas: TestReplica[] = [];
  let clients: RpcClients[];
  let app: TaskActor;
  let node: NodeActor;
  let runs: WriteLoad<bigint>[];
  let messages: WriteLoad<string>[];
  const loads = () => [...runs, ...messages];

  beforeAll(async () => {
    pair = await PostgresPair.start();
    await migrate(pair.url);
    replicas = await startReplicas(2, pair.url, ['--node-hold-seconds', '25']);
    const addresses = replicas.map((replica) => replica.addresses);
    clients = [new GrpcClients(addresses), new HttpClients(addresses)];
    app = await TaskActor.running(clients[0]!);
    node = await NodeActor.online(clients[0]!);
    // a node of its own, so that no held pull gets what the load writes
    const other = await NodeActor.online(clients[0]!);
    runs = loadsOfRuns(clients);
    messages = loadsOfMessages(clients, app, other);
    await all('kept');
  });
  afterEach(({ task }) => {
    showLogsOfFailure(task.result?.state === 'fail', replicas);
  });
  afterAll(async () => {
    await Promise.all(loads().map((load) => load.stop()));
    for (const each of clients) each.close();
    await killReplicas(replicas);
    await pair.stop();
  });

  const count = async (server: 'primary' | 'standby', text: string): Promise<number> =>
    (await pair[server].query<{ count: number }>(text))[0]!.count;

  const all = (event: 'kept' | 'failed') => Promise.all(loads().map((load) => load.next(event)));

  /** Milliseconds until every caller has got a write through. */
  const untilAllWrite = async (): Promise<number> => {
    const start = performance.now();
    await all('kept');
    return performance.now() - start;
  };

  const untilListening = async (): Promise<void> => {
    await vi.waitFor(async () => expect(await count('standby', LISTENERS)).toBe(2), {
      timeout: LISTENER_MILLISECONDS,
    });
  };

  it('is followed by its standby within 5 s of the promotion', async () => {
    const failed = all('failed');
    await pair.primary.kill();
    await failed;
    expect(await replicas[0]!.readiness()).toBe(503);
    await pair.promote();
    const milliseconds = await untilAllWrite();
    process.stderr.write(`writes ${milliseconds.toFixed(0)} ms after the promotion\n`);
    expect(milliseconds).toBeLessThan(SOON_MILLISECONDS);
  });

  it('takes no held call with it: they are woken again within 10 s', async () => {
    await untilListening();
    const polls = new GrpcClients([replicas[0]!.addresses]);
    const request = { node: node.requests.node, messageIds: [] };
    const { answer } = polls.start(FleetService.pullMessages, request, node.headers());
    const other = new GrpcClients([replicas[1]!.addresses]);
    const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    await app.through(other).send(sent);
    const whole = performance.now();
    const { messagesList } = await answer;
    expect(messagesList.map(({ metadata }) => metadata?.messageId)).toEqual([sent.id]);
    expect(performance.now() - whole).toBeLessThan(WOKEN_MILLISECONDS);
    polls.close();
    other.close();
  });

  it('gets no call when it comes back and can only be read, though it stands first', async () => {
    await pair.returnAsStandby();
    const failed = all('failed');
    await pair.standby.stop();
    await failed;
    await pair.standby.start();
    const milliseconds = await untilAllWrite();
    process.stderr.write(`writes ${milliseconds.toFixed(0)} ms after the restart\n`);
    expect(milliseconds).toBeLessThan(SOON_MILLISECONDS);
    await untilListening();
    expect(await count('primary', POOLED)).toBe(0);
    expect(await count('standby', POOLED)).toBeGreaterThan(0);
    const [late] = await startReplicas(1, pair.url);
    replicas.push(late!);
    expect(await late!.readiness()).toBe(200);
  });

  it('has lost nothing that was acknowledged, and ended nobody', async () => {
    await Promise.all(loads().map((load) => load.stop()));
    const runIds = runs.flatMap(({ kept }) => kept.map(toInt8));
    const ids = messages.flatMap(({ kept }) => kept);
    const [lost] = await pair.standby.query<{ runs: number; messages: number }>(
      `select
         (select count(*)::int from unnest($1::bigint[]) as id
           where not exists (select from run where run_id = id)) as runs,
         (select count(*)::int from unnest($2::text[]) as id
           where not exists (select from instruction where message_id = id)) as messages`,
      [runIds, ids],
    );
    process.stderr.write(`${runIds.length} runs and ${ids.length} messages acknowledged\n`);
    expect(lost).toEqual({ runs: 0, messages: 0 });
    for (const { failures } of loads()) expect([...failures]).toEqual(['UNAVAILABLE']);
    expect(replicas.filter((replica) => replica.hasEnded)).toEqual([]);
  });
});

describe('a primary that falls silent with its connections open', () => {
  let pair: PostgresPair;
  let replicas: TestReplica[] = [];
  let clients: RpcClients;

  beforeAll(async () => {
    pair = await PostgresPair.start();
    await migrate(pair.url);
    replicas = await startReplicas(2, pair.url);
    clients = new GrpcClients(replicas.map((replica) => replica.addresses));
  });
  afterEach(({ task }) => {
    showLogsOfFailure(task.result?.state === 'fail', replicas);
  });
  afterAll(async () => {
    clients.close();
    await killReplicas(replicas);
    await pair.stop();
  });

  it('keeps no call waiting for longer than 5 s after its standby was promoted', async () => {
    const loads = loadsOfRuns([clients]);
    await Promise.all(loads.map((load) => load.next('kept')));
    pair.primary.pause();
    await pair.promote();
    const start = performance.now();
    await Promise.all(loads.map((load) => load.next('kept')));
    const milliseconds = performance.now() - start;
    process.stderr.write(`writes ${milliseconds.toFixed(0)} ms after the promotion\n`);
    await Promise.all(loads.map((load) => load.stop()));
    const failures = loads.flatMap((load) => [...load.failures]);
    expect(failures.filter((failure) => failure !== 'UNAVAILABLE')).toEqual([]);
    expect(milliseconds).toBeLessThan(SOON_MILLISECONDS);
  });
});
