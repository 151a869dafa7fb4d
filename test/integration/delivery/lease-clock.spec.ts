import { ControlService } from '../../../src/generated/flwr/proto/control';
import { ListRunsRequest } from '../../../src/generated/flwr/proto/control_run';
import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import { makeInstruction, makeReply } from '../../support/objects';
import { outcomeOf } from '../../support/rpc-clients';
import { startRun, SuperExecActor, TaskActor } from '../../support/task-actor';

const AWAY_SECONDS = 600;

describe('leases, after PostgreSQL was away for ten minutes', () => {
  const cluster = useCluster();
  const int8 = (id: bigint): bigint => BigInt.asIntN(64, id);

  /** As if all had stood still so long, but for leases that had ended before (of `dead`), by so many seconds. */
  async function standStill(
    dead = { taskId: 0n, nodeId: 0n },
    seconds = AWAY_SECONDS,
  ): Promise<void> {
    const deadIds = [int8(dead.taskId), int8(dead.nodeId)];
    await cluster.query(
      `with stopped as (
         update lease_clock set beaten_at = now() - $1 * interval '1 second'),
       sessions as (
         update push_session set expires_at = expires_at - $1 * interval '1 second'),
       tasks as (
         update task set active_until = active_until
           - case when task_id = $2 then $1 + 61 else $1 end * interval '1 second'
         where finished_at is null)
       update node set online_until = online_until
         - case when node_id = $3 then $1 + 61 else $1 end * interval '1 second'`,
      [seconds, ...deadIds],
    );
  }
  /** A node like another one that no replica has ever heard of, whose calls it may note later. */
  async function silentTwin(node: NodeActor): Promise<bigint> {
    const nodeId = BigInt.asUintN(64, int8(node.nodeId) + 1n);
    await cluster.query(
      `insert into node (node_id, public_key, owner_aid, owner_name, self_registered, heartbeat_interval,
         last_activated_at, online_until)
       select $2, sha256(public_key), owner_aid, owner_name, self_registered, heartbeat_interval,
         last_activated_at, online_until from node where node_id = $1`,
      [int8(node.nodeId), int8(nodeId)],
    );
    return nodeId;
  }
  const untilItGoes = () =>
    vi.waitFor(
      async () =>
        expect(
          await cluster.count(
            `select count(*) from lease_clock where beaten_at > now() - interval '5 seconds'`,
          ),
        ).toBe(1),
      10_000,
    );
  const statusOf = async (runId: bigint) => {
    const request = ListRunsRequest.fromPartial({ runId });
    const { runDict } = await cluster.clients.call(ControlService.listRuns, request);
    return runDict.get(runId)?.status;
  };

  it('hold for whoever calls first', async () => {
    const app = await TaskActor.running(cluster.clients);
    await standStill();
    expect(await app.heartbeat()).toBe(true);
    expect((await statusOf(app.runId))?.status).toBe('running');
  });

  it('begin anew, also for those that have not called again yet', async () => {
    const node = await NodeActor.online(cluster.clients);
    const app = await TaskActor.running(cluster.clients);
    await standStill();
    await untilItGoes();
    const left = `select least(
        (select extract(epoch from active_until - now()) from task where task_id = $1),
        (select extract(epoch from online_until - now()) from node where node_id = $2))`;
    expect(await cluster.count(left, [int8(app.taskId), int8(node.nodeId)])).toBeGreaterThan(50);
    expect(await app.nodes()).toContain(node.nodeId);
    expect(await app.heartbeat()).toBe(true);
  });

  it('have what they had left when it was for a moment, so that nobody dead lives on', async () => {
    // it has not called yet: replicas note who has, which prolongs a lease
    const superExec = new SuperExecActor(cluster.clients);
    const claimed = await superExec.launch(await startRun(cluster.clients));
    await standStill(undefined, 17); // of which the clock stands 7 s
    await untilItGoes();
    const left = 'select extract(epoch from active_until - now()) from task where task_id = $1';
    const seconds = await cluster.count(left, [int8(claimed.taskId)]);
    expect(seconds).toBeGreaterThan(15);
    expect(seconds).toBeLessThanOrEqual(20);
  });

  it('make up no error for a message whose node has not called again yet', async () => {
    const node = await NodeActor.online(cluster.clients);
    const app = await TaskActor.running(cluster.clients);
    const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    await app.send(sent);
    await node.receive();
    await standStill();
    expect((await app.pull(sent.id)).messagesList).toEqual([]);
    const reply = makeReply(sent.message);
    await node.send(reply);
    expect((await app.pull(sent.id)).messagesList).toEqual([reply.message]);
  });

  it('keep push sessions open', async () => {
    const node = await NodeActor.online(cluster.clients);
    const app = await TaskActor.running(cluster.clients);
    const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    const { objectsToPush, sessionId } = await app.push(sent);
    await standStill();
    await untilItGoes();
    const left =
      'select extract(epoch from expires_at - now()) from push_session where session_id = $1';
    expect(await cluster.count(left, [sessionId])).toBeGreaterThan(170);
    for (const id of objectsToPush) await app.pushObject(id, sent.objects.get(id)!, sessionId);
    expect(await node.pullId()).toBe(sent.id);
  });

  it('stay over for those who were silent before', async () => {
    const node = await NodeActor.online(cluster.clients);
    const app = await TaskActor.running(cluster.clients);
    const other = await TaskActor.running(cluster.clients);
    const nodeId = await silentTwin(node);
    expect(await other.nodes()).toContain(nodeId);
    await standStill({ taskId: app.taskId, nodeId });
    expect(await outcomeOf(app.heartbeat())).toBe('UNAUTHENTICATED');
    expect(await other.nodes()).not.toContain(nodeId);
    await untilItGoes();
    expect(await statusOf(app.runId)).toMatchObject({ status: 'finished', subStatus: 'failed' });
    expect(await outcomeOf(app.heartbeat())).toBe('UNAUTHENTICATED');
    expect(await other.nodes()).not.toContain(nodeId);
  });

  it('end by a goodbye before the clock goes again, too', async () => {
    const node = await NodeActor.online(cluster.clients);
    const app = await TaskActor.running(cluster.clients);
    await standStill();
    await node.deactivate();
    expect(await app.nodes()).not.toContain(node.nodeId);
    await untilItGoes();
    expect(await app.nodes()).not.toContain(node.nodeId);
  });
});
