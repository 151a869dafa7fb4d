import { Client } from 'pg';

import type { Message } from '../../../src/generated/flwr/proto/message';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import {
  type DeflatedMessage,
  makeInstruction,
  makeReply,
  type MessageFacts,
  objectIdOf,
} from '../../support/objects';
import { outcomeOf } from '../../support/rpc-clients';
import { TaskActor } from '../../support/task-actor';

const UNAVAILABLE = { message: 3n, reply: 4n, node: 5n };
const NOWHERE = 'ab'.repeat(32);

describe('delivery of replies, calls alternating between two replicas', () => {
  const cluster = useCluster();
  let node: NodeActor;
  let app: TaskActor;
  let sent: DeflatedMessage;

  beforeEach(async () => {
    node = await NodeActor.online(cluster.clients);
    app = await TaskActor.running(cluster.clients);
    sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId, groupId: 'round-1' });
    await app.send(sent);
  });

  /** Takes the only message of an answer apart as a client does: its object must be itself. */
  async function takeError(): Promise<Message> {
    const { messagesList, messageObjectTrees } = await app.pull(sent.id);
    const [message] = messagesList;
    const { messageId, replyToMessageId } = message!.metadata!;
    expect(replyToMessageId).toBe(sent.id);
    expect(messageObjectTrees).toMatchObject([{ objectId: messageId, children: [] }]);
    const object = await app.pullObject(messageId);
    expect(object).toMatchObject({ objectFound: true, objectAvailable: true });
    expect(objectIdOf(object.objectContent)).toBe(messageId);
    return message!;
  }

  /** A sender's time to live set back: no client can send what has expired. */
  const expire = (table: 'instruction' | 'reply', id: string) =>
    table === 'reply'
      ? cluster.query('update reply set expires_at = 1 where message_id = $1', [id])
      : cluster.query('update instruction set expires_at = 1 where message_id = $1', [id]);

  it('says nothing of messages that still may be answered', async () => {
    expect((await app.pull(sent.id)).messagesList).toEqual([]);
    await node.receive();
    expect((await app.pull(sent.id)).messagesList).toEqual([]);
  });

  it('holds a reply back until all its objects are there', async () => {
    const reply = makeReply(sent.message);
    const { objectsToPush, sessionId } = await node.push(reply);
    for (const id of objectsToPush) {
      expect((await app.pull(sent.id)).messagesList).toEqual([]);
      await node.pushObject(app.runId, id, reply.objects.get(id)!, sessionId);
    }
    expect((await app.pull(sent.id)).messagesList).toEqual([reply.message]);
  });

  it('hands a reply out again from 2 s on, until it is confirmed', async () => {
    const reply = makeReply(sent.message);
    await node.send(reply);
    expect((await app.pull(sent.id)).messagesList).toEqual([reply.message]);
    expect((await app.pull(sent.id)).messagesList).toEqual([]);
    const age = `update reply set handed_out_at = handed_out_at - interval '2 seconds'
      where message_id = $1`;
    await cluster.query(age, [reply.id]);
    expect((await app.pull(sent.id)).messagesList).toEqual([reply.message]);
    await app.confirm(reply.id);
    await cluster.query(age, [reply.id]);
    expect((await takeError()).error?.code).toBe(UNAVAILABLE.message);
  });

  it('takes neither a message that was answered and taken nor its reply when a replica that hung pushes them late', async () => {
    await node.receive();
    const reply = makeReply(sent.message);
    await node.send(reply);
    await app.pull(sent.id);
    await app.confirm(reply.id);
    const { messageIds, objectsToPush } = await app.push(sent);
    expect({ messageIds, objectsToPush }).toEqual({ messageIds: [sent.id], objectsToPush: [] });
    expect((await node.pull()).messagesList).toEqual([]);
    expect((await node.push(reply)).objectsToPush).toEqual([]);
    expect((await takeError()).error?.code).toBe(UNAVAILABLE.message);
  });

  it('makes nothing up for a client that has gone while its question waited for the database', async () => {
    const reply = makeReply(sent.message);
    await node.send(reply);
    const lock = new Client({ connectionString: cluster.database.url });
    await lock.connect();
    try {
      await lock.query('begin; lock table instruction in access exclusive mode');
      const pull = app.clients.start(
        ServerAppIoService.pullMessages,
        { messageIds: [sent.id] },
        app.headers,
      );
      const outcome = outcomeOf(pull.answer);
      // upkeep and autovacuum may wait, too
      const waiting = `select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%inbox as%'`;
      await expect.poll(() => cluster.count(waiting), { timeout: 10_000 }).toBe(1);
      pull.cancel();
      expect(await outcome).toBe('CANCELLED');
      await Promise.all(cluster.replicas.map(() => app.heartbeat())); // one to each
      // meanwhile its next call has got and confirmed the reply
      await lock.query('delete from reply where message_id = $1', [reply.id]);
      await lock.query('update instruction set done = true where message_id = $1', [sent.id]);
      await lock.query('commit');
    } finally {
      await lock.end();
    }
    await Promise.all(cluster.replicas.map(() => app.pull(NOWHERE)));
    const made = 'select count(*) from reply where reply_to = $1';
    expect(await cluster.count(made, [sent.id])).toBe(0);
  });

  describe('while a replica carries a push out that its node has sent elsewhere', () => {
    const LESS_THAN_A_DEADLOCK = `begin; set local lock_timeout = '300ms'`;
    let push: Client;

    beforeEach(async () => {
      push = new Client({ connectionString: cluster.database.url });
      await push.connect();
    });
    afterEach(() => push.end());

    const beginPush = async () => {
      await push.query(LESS_THAN_A_DEADLOCK);
      await push.query('select from instruction where message_id = $1 for update', [sent.id]);
    };

    const untilOneWaits = (statement: string) => {
      const waiting = `select count(*) from pg_stat_activity where datname = current_database()
        and wait_event_type = 'Lock' and query like '%' || $1 || '%'`;
      return vi.waitFor(
        async () => expect(await cluster.count(waiting, [statement])).toBe(1),
        10_000,
      );
    };

    it('nothing is made up beside its reply', async () => {
      await node.deactivate();
      await beginPush();
      const pull = app.pull(sent.id);
      await untilOneWaits('useless');
      await push.query(
        `insert into reply (message_id, reply_to, run_id, src_node_id, created_at, expires_at, message, object_tree)
         select 'real', message_id, run_id, dst_node_id, created_at, expires_at, message, object_tree
         from instruction where message_id = $1`,
        [sent.id],
      );
      await push.query(`update instruction set answered_by = 'real' where message_id = $1`, [
        sent.id,
      ]);
      await push.query('commit');
      expect((await pull).messagesList).toEqual([]);
      expect((await app.pull(sent.id)).messagesList).toEqual([sent.message]);
    });

    it('its reply is confirmed once it is through', async () => {
      const reply = makeReply(sent.message);
      await node.send(reply);
      await beginPush();
      const confirmation = app.confirm(reply.id);
      await untilOneWaits('confirmed as');
      await push.query('select from reply where message_id = $1 for update', [reply.id]);
      await push.query('commit');
      await confirmation;
      expect((await takeError()).error?.code).toBe(UNAVAILABLE.message);
    });
  });

  it('gives a reply that is there although its node is offline or unregistered by now', async () => {
    const reply = makeReply(sent.message);
    await node.send(reply);
    await node.unregister();
    expect((await app.pull(sent.id)).messagesList).toEqual([reply.message]);
  });

  it('tells of an unknown message with error 3', async () => {
    const { messagesList } = await app.pull(NOWHERE, NOWHERE);
    expect(messagesList).toHaveLength(1);
    expect(messagesList[0]).toMatchObject({
      metadata: { replyToMessageId: NOWHERE, srcNodeId: 1n, dstNodeId: 1n, messageType: 'system' },
      error: { code: UNAVAILABLE.message },
    });
  });

  it('tells of an expired message with error 3', async () => {
    await expire('instruction', sent.id);
    expect((await takeError()).error?.code).toBe(UNAVAILABLE.message);
  });

  it('tells of an expired reply with error 4', async () => {
    const reply = makeReply(sent.message);
    await node.send(reply);
    await expire('reply', reply.id);
    const error = await takeError();
    expect(error.error?.code).toBe(UNAVAILABLE.reply);
    expect(error.metadata).toMatchObject({ groupId: 'round-1', messageType: 'train' });
  });

  it('tells of a node that is offline with error 5, once and for all', async () => {
    await node.deactivate();
    const error = await takeError();
    expect(error.error?.code).toBe(UNAVAILABLE.node);
    expect(error.metadata).toMatchObject({ groupId: 'round-1', runId: app.runId, srcNodeId: 1n });
    await node.activate();
    expect(await node.pullId()).toBeUndefined();
    expect((await node.push(makeReply(sent.message))).objectsToPush).toEqual([]);
    await app.confirm(error.metadata!.messageId);
    expect((await takeError()).error?.code).toBe(UNAVAILABLE.message);
  });

  it('tells of a node whose heartbeats stopped with error 5', async () => {
    const losing =
      'update node set online_until = now(), last_deactivated_at = now() where public_key = $1';
    await cluster.query(losing, [node.publicKey]);
    expect((await takeError()).error?.code).toBe(UNAVAILABLE.node);
  });

  it('answers of many ids those that can be answered', async () => {
    const second = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    await app.send(second);
    const reply = makeReply(second.message);
    await node.send(reply);
    const { messagesList } = await app.pull(sent.id, second.id, NOWHERE);
    const answered = messagesList.map(({ metadata }) => metadata?.replyToMessageId);
    expect(new Set(answered)).toEqual(new Set([second.id, NOWHERE]));
  });

  it('does not know the messages of another run', async () => {
    await node.send(makeReply(sent.message));
    const stranger = await TaskActor.running(cluster.clients);
    const [message] = (await stranger.pull(sent.id)).messagesList;
    expect(message?.error?.code).toBe(UNAVAILABLE.message);
    expect((await app.pull(sent.id)).messagesList[0]?.error).toBeUndefined();
  });

  it.each<[string, MessageFacts]>([
    ['comes from another node', { srcNodeId: 4711n }],
    ['goes to a node', { dstNodeId: 4711n }],
    ['answers nothing', { replyToMessageId: '' }],
    ['answers an unknown message', { replyToMessageId: NOWHERE }],
    ['outlives its instruction by more than 0.1 s', { ttl: 3_600 + 60 }],
    ['has no type', { messageType: '' }],
    ['is older than any client', { createdAt: 1_600_000_000, ttl: 1e9 }],
    ['has expired', { ttl: -1 }],
  ])('drops a reply that %s, and answers OK', async (_, facts) => {
    const answer = await node.push(makeReply(sent.message, facts));
    expect(answer.objectsToPush).toEqual([]);
    const rows = 'select count(*) from reply where run_id = $1';
    expect(await cluster.count(rows, [BigInt.asIntN(64, app.runId)])).toBe(0);
    const good = makeReply(sent.message);
    await node.send(good);
    expect((await app.pull(sent.id)).messagesList).toEqual([good.message]);
  });

  it('drops a reply of a node that the message is not for', async () => {
    const other = await NodeActor.online(cluster.clients);
    const reply = makeReply(sent.message, { srcNodeId: other.nodeId });
    expect((await other.push(reply)).objectsToPush).toEqual([]);
    expect((await app.pull(sent.id)).messagesList).toEqual([]);
  });

  it('takes an error of the node as a reply, and a reply to a message that was never pulled', async () => {
    const reply = makeReply(sent.message, { error: { code: 7n, reason: 'the app has failed' } });
    await node.send(reply);
    expect((await app.pull(sent.id)).messagesList).toEqual([reply.message]);
    expect(await node.pullId()).toBeUndefined();
  });
});
