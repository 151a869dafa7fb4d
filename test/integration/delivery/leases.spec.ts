import { ControlService } from '../../../src/generated/flwr/proto/control';
import { ListRunsRequest } from '../../../src/generated/flwr/proto/control_run';
import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import { outcomeOf } from '../../support/rpc-clients';
import { startRun, SuperExecActor, TaskActor } from '../../support/task-actor';

describe('leases, by the database clock', () => {
  const cluster = useCluster();
  const int8 = (id: bigint): bigint => BigInt.asIntN(64, id);

  /** As if so many seconds had passed for the task. */
  const ageTask = (taskId: bigint, seconds: number) =>
    cluster.query(
      `update task set active_until = active_until - $2 * interval '1 second' where task_id = $1`,
      [int8(taskId), seconds],
    );
  const ageNode = (node: NodeActor, seconds: number) =>
    cluster.query(
      `update node set online_until = online_until - $2 * interval '1 second' where node_id = $1`,
      [int8(node.nodeId), seconds],
    );
  /** No replica prolongs the lease of a node for a call from before its goodbye. */
  const leaveCallsUnnoted = (node: NodeActor) =>
    cluster.query('update node set last_deactivated_at = now() where node_id = $1', [
      int8(node.nodeId),
    ]);
  const statusOf = async (runId: bigint) => {
    const request = ListRunsRequest.fromPartial({ runId });
    const { runDict } = await cluster.clients.call(ControlService.listRuns, request);
    return runDict.get(runId)?.status;
  };
  const secondsOnline = (node: NodeActor) =>
    cluster.count('select extract(epoch from online_until - now()) from node where node_id = $1', [
      int8(node.nodeId),
    ]);

  it('offers a claimed task again, first in line, when nothing came for 30 s', async () => {
    const superExec = new SuperExecActor(cluster.clients);
    const lost = await superExec.launch(await startRun(cluster.clients));
    const later = await startRun(cluster.clients);
    await ageTask(lost.taskId, 29);
    expect((await superExec.pending()).map(({ taskId }) => taskId)).not.toContain(lost.taskId);
    await ageTask(lost.taskId, 1);
    const pending = (await superExec.pending()).map(({ runId }) => runId);
    expect(pending.indexOf(lost.runId)).toBeGreaterThanOrEqual(0);
    expect(pending.indexOf(lost.runId)).toBeLessThan(pending.indexOf(later));
    expect(await outcomeOf(lost.input())).toBe('UNAUTHENTICATED');
    const second = await superExec.launch(lost.runId);
    expect((await second.input()).run?.runId).toBe(lost.runId);
    expect(await outcomeOf(lost.heartbeat())).toBe('UNAUTHENTICATED');
  });

  it('fails a running task and its run when no heartbeat came for 60 s', async () => {
    const app = await TaskActor.running(cluster.clients);
    await ageTask(app.taskId, 59);
    expect((await statusOf(app.runId))?.status).toBe('running');
    expect(await app.heartbeat()).toBe(true);
    await ageTask(app.taskId, 60);
    expect(await statusOf(app.runId)).toMatchObject({ status: 'finished', subStatus: 'failed' });
    expect(await outcomeOf(app.heartbeat())).toBe('UNAUTHENTICATED');
    await vi.waitFor(
      async () => {
        const [row] = await cluster.query(
          `select sub_status, finished_at < now() as is_past from task where task_id = $1`,
          [int8(app.taskId)],
        );
        expect(row).toEqual({ sub_status: 'failed', is_past: true });
      },
      { timeout: 10_000, interval: 100 },
    );
  });

  it('ends all tasks of a run with its primary task', async () => {
    const app = await TaskActor.running(cluster.clients);
    const [model] = [await app.createModel(), await app.createModel()];
    await model.input();
    await app.output();
    expect(await outcomeOf(model.heartbeat())).toBe('UNAUTHENTICATED');
    const rows = await cluster.query(
      `select t.type, t.sub_status, t.finished_at = p.finished_at as is_same_time
         from task t join task p on p.task_id = $1 where t.run_id = p.run_id
        order by t.type desc`,
      [int8(app.taskId)],
    );
    expect(rows).toEqual([
      { type: 'flwr-serverapp', sub_status: 'completed', is_same_time: true },
      { type: 'flwr-model', sub_status: 'failed', is_same_time: true },
      { type: 'flwr-model', sub_status: 'failed', is_same_time: true },
    ]);
  });

  it('leaves the run alone when another task than the primary one ends', async () => {
    const app = await TaskActor.running(cluster.clients);
    const model = await app.createModel();
    await model.input();
    await model.output({ subStatus: 'failed' });
    expect((await statusOf(app.runId))?.status).toBe('running');
    expect(await app.heartbeat()).toBe(true);
  });

  it('counts a node as online for twice its heartbeat interval', async () => {
    const app = await TaskActor.running(cluster.clients);
    const node = new NodeActor(cluster.clients);
    await node.register();
    expect(await app.nodes()).not.toContain(node.nodeId);
    await node.activate(30);
    await leaveCallsUnnoted(node);
    await ageNode(node, 58);
    expect(await app.nodes()).toContain(node.nodeId);
    await ageNode(node, 2);
    expect(await app.nodes()).not.toContain(node.nodeId);
    expect(await node.heartbeat(30)).toBe(true);
    expect(await app.nodes()).toContain(node.nodeId);
    await node.deactivate();
    expect(await app.nodes()).not.toContain(node.nodeId);
  });

  it('refuses heartbeat intervals outside 10 to 1800 s', async () => {
    const node = await NodeActor.online(cluster.clients);
    for (const seconds of [9.9, 1_800.1]) {
      expect(await outcomeOf(node.heartbeat(seconds))).toBe('INVALID_ARGUMENT 2003');
      expect(await outcomeOf(node.activate(seconds))).toBe('INVALID_ARGUMENT 2003');
    }
    expect(await node.heartbeat(10)).toBe(true);
    expect(await node.heartbeat(1_800)).toBe(true);
  });

  it('takes any call of a node as a sign of life, but not one before its goodbye', async () => {
    const [works, left] = [
      await NodeActor.online(cluster.clients),
      await NodeActor.online(cluster.clients),
    ];
    await Promise.all([works, left].map((node) => ageNode(node, 50)));
    await Promise.all([works.pull(), left.pull()]);
    await left.deactivate();
    await vi.waitFor(async () => expect(await secondsOnline(works)).toBeGreaterThan(40), {
      timeout: 15_000,
      interval: 200,
    });
    expect(await secondsOnline(left)).toBeLessThanOrEqual(0);
  });

  it('takes any call of a running task as a sign of life', async () => {
    const app = await TaskActor.running(cluster.clients);
    await ageTask(app.taskId, 50);
    await app.nodes();
    const left = 'select extract(epoch from active_until - now()) from task where task_id = $1';
    await vi.waitFor(
      async () => expect(await cluster.count(left, [int8(app.taskId)])).toBeGreaterThan(40),
      { timeout: 15_000, interval: 200 },
    );
  });

  it('admits no other node than the one whose key signs', async () => {
    const [node, other] = [
      await NodeActor.online(cluster.clients),
      await NodeActor.online(cluster.clients),
    ];
    const request = { node: { nodeId: other.nodeId }, messageIds: [] };
    const answer = cluster.clients.call(FleetService.pullMessages, request, node.headers());
    expect(await outcomeOf(answer)).toBe('UNAUTHENTICATED');
    await other.unregister();
    expect(await outcomeOf(other.pull())).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(other.register())).toBe('FAILED_PRECONDITION 23');
  });
});
