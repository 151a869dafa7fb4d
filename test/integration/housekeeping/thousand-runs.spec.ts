import { ControlService } from '../../../src/generated/flwr/proto/control';
import { RuntimeService } from '../../../src/generated/flwr/proto/runtime';
import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import { makeInstruction, makeReply } from '../../support/objects';
import { startRun, TaskActor } from '../../support/task-actor';

const PLAYERS = 8;
const FEW = 10;
const MANY = 1_000;
const MINUTE = 60_000;

/** Those that hold what is under way, and nothing else. */
const LIVE = [
  ...['instruction', 'reply', 'task_message', 'push_session', 'push_pending', 'nonce'],
  ...[
    'object',
    'object_child',
    'object_segment',
    'run_object',
    'object_garbage',
    'run_traffic_entry',
  ],
];

describe('a database that has seen 1,000 runs', () => {
  const cluster = useCluster();
  let nodes: NodeActor[] = [];

  /** The oldest run that waits, as a SuperExec takes it: each player starts one for each that it takes. */
  async function nextRun(): Promise<TaskActor> {
    await startRun(cluster.clients);
    const request = { supportedTaskTypes: ['flwr-serverapp'], agentappFabHashes: [] };
    let acquired = await cluster.clients.call(RuntimeService.acquireTask, request);
    // another player may have got the one that was looked at
    while (acquired.task === undefined)
      acquired = await cluster.clients.call(RuntimeService.acquireTask, request);
    const { task, token } = acquired;
    const app = new TaskActor(cluster.clients, { ...task, token });
    await app.input();
    return app;
  }

  /** Every third run exchanges a message, the next ends while its node works, the last is stopped before that. */
  async function play(node: NodeActor, index: number): Promise<void> {
    const app = await nextRun();
    await app.logs(`run ${index}\n`);
    const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    await app.send(sent);
    if (index % 3 === 2) {
      await cluster.clients.call(ControlService.stopRun, { runId: app.runId });
      return;
    }
    const { messagesList } = await node.receive();
    if (index % 3 === 0) {
      await node.send(makeReply(messagesList[0]!));
      await app.receive(sent.id);
    }
    await app.output();
  }

  async function playRuns(count: number): Promise<void> {
    let next = 0;
    await Promise.all(
      nodes.map(async (node) => {
        while (next < count) await play(node, next++);
      }),
    );
  }

  /** What the tables of what is under way take, when housekeeping and VACUUM have done their work. */
  async function sizes(): Promise<Record<string, { rows: number; bytes: number }>> {
    const unclean = 'select count(*) from run where cleaned_at is null';
    const garbage = 'select count(*) from object_garbage';
    const entries = 'select count(*) from run_traffic_entry';
    await vi.waitFor(
      async () => {
        expect(await cluster.count(unclean)).toBe(0);
        expect(await cluster.count(garbage)).toBe(0);
        expect(await cluster.count(entries)).toBe(0);
      },
      { timeout: MINUTE, interval: 500 },
    );
    const measured: Record<string, { rows: number; bytes: number }> = {};
    for (const table of LIVE) {
      const vacuum = `vacuum ${table}`;
      await cluster.query(vacuum);
      measured[table] = {
        rows: await cluster.count(`select count(*) from ${table}`),
        bytes: await cluster.count(`select pg_table_size('${table}')`),
      };
    }
    return measured;
  }

  it(
    'is as small as after ten, but for what the runs are remembered by',
    async () => {
      nodes = await Promise.all(
        Array.from({ length: PLAYERS }, () => NodeActor.online(cluster.clients)),
      );
      await playRuns(FEW);
      const few = await sizes();
      await playRuns(MANY);
      const many = await sizes();
      for (const table of LIVE) {
        expect(many[table]!.rows, table).toBe(few[table]!.rows);
        expect(many[table]!.rows, table).toBe(0);
        // maps of free space and visibility come with the first pages, and stay
        expect(many[table]!.bytes, table).toBeLessThanOrEqual(few[table]!.bytes + 64 * 1024);
      }
      expect(await cluster.count('select count(*) from run')).toBe(FEW + MANY);
      expect(await cluster.count('select count(*) from run_traffic')).toBeLessThanOrEqual(
        FEW + MANY,
      );
    },
    5 * MINUTE,
  );
});
