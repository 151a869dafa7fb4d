import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import { type DeflatedMessage, makeInstruction, makeReply } from '../../support/objects';
import { TaskActor } from '../../support/task-actor';
import { deletionsOf, noteDeletions } from './deletions.fixture';
import { MAKE_SECONDS } from './seconds.fixture';

/** The jobs have one every 5, 10 and 30 s. */
const TURN = { timeout: 120_000, interval: 200 };
const ROWS_A_STEP = 500;
/** The tests take longer than a task may be silent. */
const KEEP_ALIVE = `
update task set active_until = now() + interval '1 hour' where finished_at is null and active_until is not null`;

const EXPIRE = `
update instruction set expires_at = extract(epoch from now()) - 3600 - 120 where message_id = any($1::text[])`;
const MAKE_INSTRUCTIONS = `
insert into instruction (message_id, run_id, dst_node_id, created_at, expires_at, group_id, message_type, message,
  object_tree, answer_bytes)
select 'second ' || i, $1::bigint, 7, 0, extract(epoch from at) - 3600, '', '', '', '', 1 from seconds`;
const OLD_INSTRUCTIONS = `
select count(*) from instruction where expires_at < extract(epoch from now()) - 3600 - 60`;
const INSTRUCTIONS_GONE_TOO_SOON = `
select count(*) from seconds
where at >= now() and 'second ' || i not in (select message_id from instruction)`;

/** To task $2 those that expire, to task $3 as many that do not. */
const MAKE_TASK_MESSAGES = `
insert into task_message (message_id, run_id, src_task_id, dst_task_id, expires_at, message)
select 'second ' || i, $1::bigint, 7, $2::bigint, extract(epoch from at), ''::bytea from seconds
union all
select 'lasting ' || i, $1::bigint, 7, $3::bigint, 'infinity'::double precision, '' from seconds`;
const OLD_TASK_MESSAGES = `
select count(*) from task_message
where expires_at < extract(epoch from now()) - 60 or dst_task_id = $1::bigint`;
const TASK_MESSAGES_GONE_TOO_SOON = `
select count(*) from seconds
where at >= now() and 'second ' || i not in (select message_id from task_message)`;

const int8 = (id: bigint): bigint => BigInt.asIntN(64, id);

describe('a message that is of no more use in a run that goes on', () => {
  const cluster = useCluster();
  const objectsLeft = (message: DeflatedMessage): Promise<number> => {
    const text = 'select count(*) from object where object_id = any($1::text[])';
    return cluster.count(text, [[...message.objects.keys()]]);
  };

  beforeAll(async () => {
    await cluster.query(MAKE_SECONDS);
    await noteDeletions(cluster.query, ['instruction', 'task_message']);
  });

  it('goes an hour after its time to live, with its reply and the objects of both', async () => {
    const [node, app] = [
      await NodeActor.online(cluster.clients),
      await TaskActor.running(cluster.clients),
    ];
    const send = async () => {
      const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
      await app.send(sent);
      return sent;
    };
    const sendAndAnswer = async () => {
      const sent = await send();
      expect((await node.receive()).messagesList).toEqual([sent.message]);
      const reply = makeReply(sent.message);
      await node.send(reply);
      return { sent, reply };
    };
    const [old, young] = [await sendAndAnswer(), await sendAndAnswer()];
    const [oldUnread, youngUnread] = [await send(), await send()];
    await cluster.query(EXPIRE, [[old.sent.id, oldUnread.id]]);
    await cluster.query(MAKE_INSTRUCTIONS, [int8(app.runId)]);
    await cluster.query(KEEP_ALIVE);

    await vi.waitFor(async () => {
      expect(await cluster.count(OLD_INSTRUCTIONS)).toBe(0);
      for (const gone of [old.reply, oldUnread]) expect(await objectsLeft(gone)).toBe(0);
    }, TURN);
    expect(await cluster.count(INSTRUCTIONS_GONE_TOO_SOON)).toBe(0);
    expect(await cluster.query('select message_id as id from reply')).toEqual([
      { id: young.reply.id },
    ]);
    for (const kept of [young.reply, youngUnread]) {
      expect(await objectsLeft(kept)).toBe(kept.objects.size);
    }
    expect((await app.receive(young.sent.id)).messagesList).toEqual([young.reply.message]);
    expect(await node.pullId()).toBe(youngUnread.id);
    const { instruction: deletions } = await deletionsOf(cluster.query);
    expect(deletions!.most).toBeLessThanOrEqual(ROWS_A_STEP);
  });

  it('goes with its push session, unless all of its objects came', async () => {
    const [node, app] = [
      await NodeActor.online(cluster.clients),
      await TaskActor.running(cluster.clients),
    ];
    const [whole, unfinished] = [1, 2].map(() =>
      makeInstruction({ runId: app.runId, dstNodeId: node.nodeId }),
    );
    await app.send(whole!);
    await app.push(unfinished!);
    const run = [int8(app.runId)];
    await cluster.query('update push_session set expires_at = now() where run_id = $1', run);

    const sessions = 'select count(*) from push_session where run_id = $1';
    await vi.waitFor(async () => {
      expect(await cluster.count(sessions, run)).toBe(0);
      expect(await objectsLeft(unfinished!)).toBe(0);
    }, TURN);
    expect(await objectsLeft(whole!)).toBe(whole!.objects.size);
    expect((await node.receive()).messagesList).toEqual([whole!.message]);
    expect(await node.pullId()).toBeUndefined();
  });

  it('goes with the task that it is for, or with its time to live', async () => {
    const app = await TaskActor.running(cluster.clients);
    const models = [await app.createModel(), await app.createModel(), await app.createModel()];
    // the job goes through receivers in this order, and on from those that are alive
    const [silent, alive, ended] = models.toSorted((one, other) =>
      int8(one.taskId) < int8(other.taskId) ? -1 : 1,
    ) as [TaskActor, TaskActor, TaskActor];
    const message = app.messageTo(alive);
    await app.call(ServerAppIoService.pushTaskMessage, { message });
    const ids = [app.runId, silent.taskId, ended.taskId].map(int8);
    await cluster.query(MAKE_TASK_MESSAGES, ids);
    await ended.output({ subStatus: 'failed' });
    await cluster.query(KEEP_ALIVE);

    await vi.waitFor(
      async () => expect(await cluster.count(OLD_TASK_MESSAGES, [int8(ended.taskId)])).toBe(0),
      TURN,
    );
    expect(await cluster.count(TASK_MESSAGES_GONE_TOO_SOON)).toBe(0);
    expect(await alive.pullTaskMessages()).toEqual([message]);
    const { task_message: deletions } = await deletionsOf(cluster.query);
    expect(deletions!.most).toBeLessThanOrEqual(2 * ROWS_A_STEP);
  });
});
