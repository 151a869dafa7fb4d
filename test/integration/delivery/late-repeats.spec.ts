import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import {
  type DeflatedMessage,
  makeInstruction,
  makeReply,
  type MessageFacts,
} from '../../support/objects';
import { TaskActor } from '../../support/task-actor';

const REPLY_UNAVAILABLE = 4n;

/** A replica that hung may carry a call out after another one has done so, and after its client has gone on. */
describe('a push that is carried out twice, calls alternating between two replicas', () => {
  const cluster = useCluster();
  let node: NodeActor;
  let app: TaskActor;

  beforeEach(async () => {
    node = await NodeActor.online(cluster.clients);
    app = await TaskActor.running(cluster.clients);
  });

  const instruction = (facts: MessageFacts = {}): DeflatedMessage =>
    makeInstruction({ runId: app.runId, dstNodeId: node.nodeId, ...facts });

  const untilNone = (sql: string, id: string) =>
    vi.waitFor(async () => expect(await cluster.count(sql, [id])).toBe(0), 15_000);

  it('goes on in one session, whichever of its answers the ServerApp got', async () => {
    const sent = instruction();
    const first = await app.push(sent);
    expect(await app.push(sent)).toEqual(first);
    const [one = '', ...others] = first.objectsToPush;
    await app.pushObject(one, sent.objects.get(one)!, first.sessionId);
    const third = await app.push(sent);
    expect(third).toEqual({ ...first, objectsToPush: others });
    for (const id of others) await app.pushObject(id, sent.objects.get(id)!, first.sessionId);
    expect(await node.pullId()).toBe(sent.id);
  });

  it('goes on in one session if only some of its messages were pushed before', async () => {
    const [one, two, three] = [instruction(), instruction(), instruction()];
    const earlier = await app.push(one, two);
    const { messageIds, objectsToPush, sessionId } = await app.push(one, two, three);
    expect(messageIds).toEqual([one.id, two.id, three.id]);
    expect(sessionId).toBe(earlier.sessionId);
    const objects = new Map([one, two, three].flatMap((each) => [...each.objects]));
    expect(new Set(objectsToPush)).toEqual(new Set(objects.keys()));
    for (const id of objectsToPush.slice(1)) await app.pushObject(id, objects.get(id)!, sessionId);
    expect(await node.pullId()).toBeUndefined();
    const [last = ''] = objectsToPush;
    await app.pushObject(last, objects.get(last)!, sessionId);
    const pulled = [await node.pullId(), await node.pullId(), await node.pullId()];
    expect(new Set(pulled)).toEqual(new Set(messageIds));
  });

  it('leaves messages whole that are, beside one that is not', async () => {
    const [whole, other] = [instruction(), instruction()];
    await app.send(whole);
    const { sessionId } = await app.push(other);
    const again = await app.push(whole, other);
    expect(again.sessionId).toBe(sessionId);
    expect(new Set(again.objectsToPush)).toEqual(new Set(other.objects.keys()));
    expect(await node.pullId()).toBe(whole.id);
  });

  it('asks for nothing of a message that its node has and has not answered', async () => {
    const sent = instruction();
    await app.send(sent);
    await node.receive();
    await untilNone('select count(*) from object where object_id = $1', sent.id);
    const { messageIds, objectsToPush, sessionId } = await app.push(sent);
    expect({ messageIds, objectsToPush }).toEqual({ messageIds: [sent.id], objectsToPush: [] });
    expect(
      await cluster.count('select count(*) from push_session where session_id = $1', [sessionId]),
    ).toBe(0);
    const reply = makeReply(sent.message);
    await node.send(reply);
    expect((await app.pull(sent.id)).messagesList).toEqual([reply.message]);
  });

  it('goes on in one session, whichever of its answers the node got', async () => {
    const sent = instruction();
    await app.send(sent);
    await node.receive();
    const reply = makeReply(sent.message);
    const first = await node.push(reply);
    expect(await node.push(reply)).toEqual(first);
    for (const id of first.objectsToPush) {
      await node.pushObject(app.runId, id, reply.objects.get(id)!, first.sessionId);
    }
    expect((await app.pull(sent.id)).messagesList).toEqual([reply.message]);
  });

  it('is told of with error 4 when the objects of a reply never came', async () => {
    const sent = instruction();
    await app.send(sent);
    await node.receive();
    const reply = makeReply(sent.message);
    const { sessionId } = await node.push(reply);
    await cluster.query('update push_session set expires_at = now() where session_id = $1', [
      sessionId,
    ]);
    await untilNone('select count(*) from reply where message_id = $1', reply.id);
    const [told] = (await app.pull(sent.id)).messagesList;
    expect(told?.error?.code).toBe(REPLY_UNAVAILABLE);
  });
});
