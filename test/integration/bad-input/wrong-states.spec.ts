import { ControlService } from '../../../src/generated/flwr/proto/control';
import { ListRunsRequest } from '../../../src/generated/flwr/proto/control_run';
import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { TINY_FAB_HASH } from '../../support/fab';
import { NodeActor } from '../../support/node-actor';
import { makeInstruction, makeReply } from '../../support/objects';
import { startRun, TaskActor } from '../../support/task-actor';
import { expectHealthy } from './bad-inputs';
import { outcomeWithoutTrace } from './no-trace';
import { World } from './world';

/** Runs that are not running, by what they are; made anew for each test. */
const RUNS: Readonly<Record<string, (world: World) => Promise<bigint>>> = {
  'has finished': ({ finishedRun }) => Promise.resolve(finishedRun.runId),
  'was stopped': async ({ clients, superExec, node }) => {
    const { runId } = await TaskActor.running(clients, superExec);
    // so that replicas might remember what they are not to remember
    for (let asked = 0; asked < 4; asked += 1) await node.getRun(runId);
    await clients.call(ControlService.stopRun, { runId });
    return runId;
  },
  'nobody has claimed': ({ clients }) => startRun(clients),
  'has not started': async ({ clients, superExec }) =>
    (await superExec.launch(await startRun(clients))).runId,
  'nobody knows': () => Promise.resolve(2n ** 64n - 1n),
  'has no id': () => Promise.resolve(0n),
};

/** What a node calls for a run. */
const CALLS: readonly (readonly [
  name: string,
  call: (node: NodeActor, runId: bigint) => Promise<unknown>,
])[] = [
  ['GetRun', (node, runId) => node.getRun(runId)],
  [
    'GetFab',
    (node, runId) =>
      node.call(FleetService.getFab, {
        node: node.requests.node,
        runId,
        hashStr: TINY_FAB_HASH,
      }),
  ],
  [
    'PushMessages',
    (node, runId) => {
      const { message } = makeInstruction({ runId, dstNodeId: node.nodeId });
      return node.push(makeReply(message));
    },
  ],
  ['PushObject', (node, runId) => node.pushObject(runId, 'a'.repeat(64), Buffer.alloc(1), '')],
  ['PullObject', (node, runId) => node.pullObject(runId, 'a'.repeat(64))],
  ['ConfirmMessageReceived', (node, runId) => node.confirm(runId, 'a'.repeat(64))],
];

describe('a caller who comes at the wrong time', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.build();
  });
  afterAll(async () => world.close());
  beforeEach(async () => world.tables.keepAlive());
  afterEach(async () => expectHealthy(world));

  describe.each(Object.entries(RUNS))('for a run that %s', (_, runOf) => {
    it.each(CALLS)('is refused by Fleet.%s', async (_name, call) => {
      const runId = await runOf(world);
      const outcome = await outcomeWithoutTrace(world, () => call(world.node, runId));
      // the only refusals that a SuperNode survives
      expect(outcome).toMatch(/^PERMISSION_DENIED 200[789]$/);
    });
  });

  it('cannot claim a task that is claimed, has ended or does not exist', async () => {
    const claim = async (taskId: bigint): Promise<void> => {
      expect(await world.superExec.claim(taskId)).toBeUndefined();
    };
    for (const taskId of [world.task.taskId, 0n, 1n, 2n ** 63n, 2n ** 64n - 1n]) {
      expect(await outcomeWithoutTrace(world, () => claim(taskId))).toBe('OK');
    }
  });

  it('cannot stop a run that has finished, or that nobody knows', async () => {
    const stop = (runId: bigint) => () => world.clients.call(ControlService.stopRun, { runId });
    const { runId } = world.finishedRun;
    expect(await outcomeWithoutTrace(world, stop(runId))).toBe('FAILED_PRECONDITION 18');
    expect(await outcomeWithoutTrace(world, stop(1n))).toBe('NOT_FOUND 16');
  });

  it('cannot complete a task that has not started', async () => {
    const task = await world.superExec.launch(await startRun(world.clients));
    expect(await outcomeWithoutTrace(world, () => task.output())).toBe('OK');
  });

  it('cannot end a task in a way that does not exist', async () => {
    const output = () => world.task.output({ subStatus: 'exploded' });
    expect(await outcomeWithoutTrace(world, output)).toBe('FAILED_PRECONDITION 3008');
  });

  it('keeps no count of a run time that is no number', async () => {
    const task = await TaskActor.running(world.clients, world.superExec);
    await task.output({ clientappRuntime: Number.NaN });
    const { runId } = task;
    const runs = await world.clients.call(
      ControlService.listRuns,
      ListRunsRequest.fromPartial({ runId }),
    );
    const run = runs.runDict.get(runId);
    expect(run?.clientappRuntime).toBe(0);
    expect(run?.status).toMatchObject({ status: 'finished', subStatus: 'completed' });
  });

  it.each([
    ['was never activated', 'register'],
    ['has unregistered', 'unregister'],
  ])('gets no id for a message to a node that %s', async (_, last) => {
    const node = new NodeActor(world.clients);
    await node.register();
    if (last === 'unregister') {
      await node.activate();
      await node.unregister();
    }
    const instruction = makeInstruction({ runId: world.task.runId, dstNodeId: node.nodeId });
    const push = async (): Promise<void> => {
      expect((await world.task.push(instruction)).messageIds).toEqual(['']);
    };
    expect(await outcomeWithoutTrace(world, push)).toBe('OK');
  });

  it('gets nothing as a node that has unregistered', async () => {
    const node = await NodeActor.online(world.clients);
    await node.unregister();
    const calls = [() => node.pull(), () => node.heartbeat(), () => node.getRun(world.task.runId)];
    for (const call of calls) {
      expect(await outcomeWithoutTrace(world, call)).toBe('UNAUTHENTICATED');
    }
    expect(await outcomeWithoutTrace(world, () => node.activate())).toBe(
      'FAILED_PRECONDITION 2004',
    );
    expect(await outcomeWithoutTrace(world, () => node.register())).toBe('FAILED_PRECONDITION 23');
  });

  it.each([0, 9.99, 1800.01, -30, Number.NaN, Number.POSITIVE_INFINITY])(
    'cannot set a heartbeat interval of %d s',
    async (interval) => {
      const heartbeat = () => world.node.heartbeat(interval);
      expect(await outcomeWithoutTrace(world, heartbeat)).toBe('INVALID_ARGUMENT 2003');
      const activate = () => world.node.activate(interval);
      expect(await outcomeWithoutTrace(world, activate)).toBe('INVALID_ARGUMENT 2003');
    },
  );
});
