import { ControlService } from '../../../src/generated/flwr/proto/control';
import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import { idsOf, makeInstruction, makeReply } from '../../support/objects';
import { TaskActor } from '../../support/task-actor';

/** Runs are cleaned up 2 s after their end, objects level by level, by jobs that run every second. */
const CLEAN_UP = { timeout: 30_000, interval: 200 };

describe('what a run leaves behind', () => {
  const cluster = useCluster();
  const int8 = (id: bigint): bigint => BigInt.asIntN(64, id);

  /** Rows of run `runId` and of the objects `ids` that should go with it. */
  async function leftOvers(runId: bigint, ids: readonly string[]) {
    const [row] = await cluster.query(
      `select (select count(*)::int from instruction where run_id = $1) as instructions,
         (select count(*)::int from reply where run_id = $1) as replies,
         (select count(*)::int from run_object where run_id = $1) as links,
         (select count(*)::int from push_session where run_id = $1) as sessions,
         (select count(*)::int from push_pending where object_id = any($2)) as pending,
         (select count(*)::int from object where object_id = any($2)) as objects,
         (select count(*)::int from object_segment where object_id = any($2)) as segments,
         (select count(*)::int from object_child where parent_id = any($2)) as edges`,
      [int8(runId), ids],
    );
    return row;
  }

  const NOTHING = {
    instructions: 0,
    replies: 0,
    links: 0,
    sessions: 0,
    pending: 0,
    objects: 0,
    segments: 0,
    edges: 0,
  };

  /** A run in the middle of its work: messages in every state, one of them without its objects. */
  async function busyRun() {
    const [node, app] = await Promise.all([
      NodeActor.online(cluster.clients),
      TaskActor.running(cluster.clients),
    ]);
    const [waiting, taken, answered, incomplete] = [1, 2, 3, 4].map((age) =>
      makeInstruction({
        runId: app.runId,
        dstNodeId: node.nodeId,
        createdAt: Date.now() / 1000 - age,
      }),
    );
    await app.send(answered!, taken!);
    await app.push(incomplete!);
    await node.receive();
    await node.pull();
    const reply = makeReply(answered!.message);
    await node.send(reply);
    const unfinished = makeReply(taken!.message);
    await node.push(unfinished);
    await app.send(waiting!);
    const all = [waiting!, taken!, answered!, incomplete!, reply, unfinished];
    return { node, app, ids: [...new Set(all.flatMap(({ tree }) => idsOf(tree)))] };
  }

  it('is nothing but its rows in run and task, however it ended', async () => {
    const [completed, stopped] = await Promise.all([busyRun(), busyRun()]);
    const before = await leftOvers(completed.app.runId, completed.ids);
    expect(before).toMatchObject({ instructions: 4, replies: 2 });
    await completed.app.output();
    await cluster.clients.call(ControlService.stopRun, { runId: stopped.app.runId });
    await vi.waitFor(async () => {
      expect(await leftOvers(completed.app.runId, completed.ids)).toEqual(NOTHING);
      expect(await leftOvers(stopped.app.runId, stopped.ids)).toEqual(NOTHING);
    }, CLEAN_UP);
    const runs = 'select count(*) from run join task using (run_id) where run_id = any($1)';
    const ids = [completed, stopped].map(({ app }) => int8(app.runId));
    expect(await cluster.count(runs, [ids])).toBe(2);
  });

  it('is no object of a message that was exchanged, already while it runs', async () => {
    const [node, app] = await Promise.all([
      NodeActor.online(cluster.clients),
      TaskActor.running(cluster.clients),
    ]);
    const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    await app.send(sent);
    await node.receive();
    const reply = makeReply(sent.message);
    await node.send(reply);
    await app.receive(sent.id);
    const ids = [...idsOf(sent.tree), ...idsOf(reply.tree)];
    // the exchange itself frees the objects: of a message its id stays until the run ends; whole sessions last 180 s
    await vi.waitFor(async () => {
      expect(await leftOvers(app.runId, ids)).toEqual({ ...NOTHING, instructions: 1, sessions: 2 });
    }, CLEAN_UP);
    await app.output();
    await vi.waitFor(async () => {
      expect(await leftOvers(app.runId, ids)).toEqual(NOTHING);
    }, CLEAN_UP);
  });

  it('is what another run shares with it', async () => {
    const node = await NodeActor.online(cluster.clients);
    const payload = Buffer.from('weights of both');
    const [ending, going] = [
      await TaskActor.running(cluster.clients),
      await TaskActor.running(cluster.clients),
    ];
    const [first, second] = [ending, going].map(({ runId }) =>
      makeInstruction({ runId, dstNodeId: node.nodeId, payload }),
    );
    await ending.send(first!);
    expect((await going.push(second!)).objectsToPush).toEqual([second!.id]);
    await going.send(second!);
    await ending.output();
    await vi.waitFor(async () => {
      expect(await leftOvers(ending.runId, [first!.id])).toEqual(NOTHING);
    }, CLEAN_UP);
    const garbage = 'select count(*) from object_garbage';
    await vi.waitFor(async () => expect(await cluster.count(garbage)).toBe(0), CLEAN_UP);
    expect(await node.pullId()).toBe(second!.id);
    for (const [id, content] of second!.objects) {
      const { objectContent } = await node.pullObject(going.runId, id);
      expect(objectContent.equals(content)).toBe(true);
    }
    await going.output();
    await vi.waitFor(async () => {
      expect(await leftOvers(going.runId, idsOf(second!.tree))).toEqual(NOTHING);
    }, CLEAN_UP);
  });
});
