import { ControlService } from '../../../src/generated/flwr/proto/control';
import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import { type DeflatedMessage, makeInstruction, type MessageFacts } from '../../support/objects';
import { outcomeOf } from '../../support/rpc-clients';
import { TaskActor } from '../../support/task-actor';

describe('delivery of instructions, calls alternating between two replicas', () => {
  const cluster = useCluster();
  let node: NodeActor;
  let app: TaskActor;

  beforeEach(async () => {
    node = await NodeActor.online(cluster.clients);
    app = await TaskActor.running(cluster.clients);
  });

  const instruction = (facts: MessageFacts = {}): DeflatedMessage =>
    makeInstruction({ runId: app.runId, dstNodeId: node.nodeId, ...facts });

  /** As if the hand-out had been so many seconds ago. */
  const ageHandOut = (id: string, seconds: number) =>
    cluster.query(
      `update instruction set handed_out_at = handed_out_at - $2 * interval '1 second'
        where message_id = $1`,
      [id, seconds],
    );

  it('gives the oldest message first, by the time its sender gave it', async () => {
    const now = Date.now() / 1000;
    const [young, old, middle] = [1, 3, 2].map((age) => instruction({ createdAt: now - age }));
    await app.send(young!, old!, middle!);
    const ids = [await node.pullId(), await node.pullId(), await node.pullId()];
    expect(ids).toEqual([old!.id, middle!.id, young!.id]);
    expect(await node.pullId()).toBeUndefined();
  });

  it('gives a message that was never handed out before one that was, however old', async () => {
    const first = instruction({ createdAt: Date.now() / 1000 - 60 });
    await app.send(first);
    expect(await node.pullId()).toBe(first.id);
    await ageHandOut(first.id, 3);
    const second = instruction();
    await app.send(second);
    expect(await node.pullId()).toBe(second.id);
    expect(await node.pullId()).toBe(first.id);
  });

  it('gives a message again only when 2 s have passed, and to its own node only', async () => {
    const other = await NodeActor.online(cluster.clients);
    const sent = instruction();
    await app.send(sent);
    expect(await node.pullId()).toBe(sent.id);
    await ageHandOut(sent.id, 1);
    expect(await node.pullId()).toBeUndefined();
    await ageHandOut(sent.id, 1);
    expect(await other.pullId()).toBeUndefined();
    expect(await node.pullId()).toBe(sent.id);
  });

  it('gives a message no more once it is confirmed', async () => {
    const sent = instruction();
    await app.send(sent);
    expect((await node.receive()).messagesList).toEqual([sent.message]);
    await ageHandOut(sent.id, 3_600);
    expect(await node.pullId()).toBeUndefined();
  });

  it('ignores the confirmation of a node that the message is not for', async () => {
    const other = await NodeActor.online(cluster.clients);
    const sent = instruction();
    await app.send(sent);
    await other.confirm(app.runId, sent.id);
    expect(await node.pullId()).toBe(sent.id);
  });

  it('holds a message back until all its objects are there', async () => {
    const sent = instruction();
    const { objectsToPush, sessionId } = await app.push(sent);
    expect(new Set(objectsToPush)).toEqual(new Set(sent.objects.keys()));
    for (const id of objectsToPush) {
      expect(await node.pullId()).toBeUndefined();
      expect(await app.pushObject(id, sent.objects.get(id)!, sessionId)).toBe(true);
    }
    expect(await node.pullId()).toBe(sent.id);
  });

  it('keeps waiting for an object whose content was wrong', async () => {
    const sent = instruction();
    const { objectsToPush, sessionId } = await app.push(sent);
    const [damaged = '', ...others] = objectsToPush;
    const content = sent.objects.get(damaged)!;
    expect(await app.pushObject(damaged, Buffer.concat([content, content]), sessionId)).toBe(false);
    for (const id of others) await app.pushObject(id, sent.objects.get(id)!, sessionId);
    expect(await node.pullId()).toBeUndefined();
    expect(await app.pushObject(damaged, content, sessionId)).toBe(true);
    expect(await node.pullId()).toBe(sent.id);
  });

  it('asks for no object that is there already', async () => {
    const payload = Buffer.from('the same weights');
    await app.send(instruction({ payload }));
    const second = instruction({ payload });
    const { objectsToPush } = await app.push(second);
    expect(objectsToPush).toEqual([second.id]);
  });

  it('does not give a message whose time to live is over', async () => {
    const sent = instruction();
    await app.send(sent);
    await cluster.query('update instruction set expires_at = $2 where message_id = $1', [
      sent.id,
      Date.now() / 1000 - 1,
    ]);
    expect(await node.pullId()).toBeUndefined();
    const expired = instruction({ createdAt: Date.now() / 1000 - 100, ttl: 10 });
    expect(await outcomeOf(app.push(expired))).not.toBe('OK');
  });

  it('refuses messages to nodes that are unknown, never were online or are unregistered', async () => {
    const [silent, gone] = [
      new NodeActor(cluster.clients),
      await NodeActor.online(cluster.clients),
    ];
    await silent.register();
    await gone.unregister();
    const sent = [77n, silent.nodeId, gone.nodeId, node.nodeId].map((dstNodeId) =>
      instruction({ dstNodeId }),
    );
    expect(await app.send(...sent)).toEqual(['', '', '', sent[3]!.id]);
  });

  it('takes messages to a node that is offline and gives them when it is back', async () => {
    await node.deactivate();
    const sent = instruction();
    expect(await app.send(sent)).toEqual([sent.id]);
    await node.activate();
    expect(await node.pullId()).toBe(sent.id);
  });

  it('gives no message of a run that was stopped, and refuses new ones', async () => {
    const sent = instruction();
    await app.send(sent);
    await cluster.clients.call(ControlService.stopRun, { runId: app.runId });
    expect(await node.pullId()).toBeUndefined();
    expect(await outcomeOf(app.push(instruction()))).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(node.getRun(app.runId))).toBe('PERMISSION_DENIED 2007');
  });

  it('drops a message whose objects did not come within 180 s', async () => {
    const sent = instruction();
    const { objectsToPush, sessionId } = await app.push(sent);
    const [first = '', ...others] = objectsToPush;
    await app.pushObject(first, sent.objects.get(first)!, sessionId);
    const left =
      'select extract(epoch from expires_at - now()) from push_session where session_id = $1';
    expect(await cluster.count(left, [sessionId])).toBeGreaterThan(170);
    await cluster.query('update push_session set expires_at = now() where session_id = $1', [
      sessionId,
    ]);
    const rows = `select (select count(*) from instruction where message_id = $1)
      + (select count(*) from object where object_id = any($2))`;
    await vi.waitFor(
      async () => expect(await cluster.count(rows, [sent.id, [...sent.objects.keys()]])).toBe(0),
      15_000,
    );
    expect(await app.pushObject(others[0]!, sent.objects.get(others[0]!)!, sessionId)).toBe(false);
    expect((await app.pull(sent.id)).messagesList[0]?.error?.code).toBe(3n);
    expect(await app.send(sent)).toEqual([sent.id]);
  });
});
