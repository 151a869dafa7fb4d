import { Client } from 'pg';

import { ConfigRecord } from '../../../src/generated/flwr/proto/recorddict';
import { RuntimeService } from '../../../src/generated/flwr/proto/runtime';
import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import { idsOf, makeInstruction, makeReply, objectIdOf } from '../../support/objects';
import type { TaskActor } from '../../support/task-actor';
import { startAgent } from '../http/asking-agent';

const LEASE_MILLISECONDS = 2_000;
const HOLD = ['--serverapp-hold-seconds', '10'];

describe('what is sent to the own node of a run', () => {
  const cluster = useCluster({ flags: HOLD });
  const agent = (userPrompt: string) => startAgent(cluster, userPrompt);

  const pull = (task: TaskActor, messageIds: string[] = [], release = '1.42.0') =>
    cluster.clients.call(
      RuntimeService.pullMessages,
      { messageIds },
      { ...task.headers, 'flwr-package-name': 'flwr', 'flwr-package-version': release },
    );

  it('is an agent’s prompt, with all its objects', async () => {
    const task = await agent(' plan my day\n');
    const { messagesList, messageObjectTrees } = await pull(task);
    const [{ metadata } = { metadata: undefined }] = messagesList;
    expect(messagesList).toHaveLength(1);
    expect(metadata).toMatchObject({ runId: task.runId, srcNodeId: 1n, dstNodeId: 1n });
    expect(metadata).toMatchObject({ messageType: 'system', replyToMessageId: '', ttl: 43_200 });
    const ids = idsOf(messageObjectTrees[0]!);
    expect(ids).toHaveLength(3);
    expect(ids.at(-1)).toBe(metadata!.messageId);
    const contents = await Promise.all(ids.map((id) => task.pullObject(id)));
    expect(contents.map(({ objectContent }) => objectIdOf(objectContent))).toEqual(ids);
    const body = contents[0]!.objectContent;
    const record = ConfigRecord.decode(body.subarray(body.indexOf(0) + 1));
    expect(record.items[0]).toMatchObject({
      key: 'text',
      value: { value: { $case: 'string', value: 'plan my day' } },
    });
  });

  it('comes again from 2 s on until it is confirmed, then no more', async () => {
    const task = await agent('once');
    const handedOut = performance.now();
    const first = await pull(task);
    const again = await pull(task);
    expect(performance.now() - handedOut).toBeGreaterThan(LEASE_MILLISECONDS);
    expect(again.messagesList).toEqual(first.messagesList);
    const { messageId } = again.messagesList[0]!.metadata!;
    await task.confirm(messageId);
    await task.confirm(messageId);
    expect((await pull(task)).messagesList).toEqual([]);
  });

  it('goes to one of ten pulls at once', async () => {
    const task = await agent('once');
    const answers = Array.from({ length: 10 }, () => pull(task));
    const { messagesList } = await Promise.race(answers);
    expect(messagesList).toHaveLength(1);
    await task.confirm(messagesList[0]!.metadata!.messageId);
    const lists = (await Promise.all(answers)).map((answer) => answer.messagesList.length);
    expect(lists.reduce((sum, length) => sum + length)).toBe(1);
  });

  it('is waited for by a pull that another one was faster than', async () => {
    const task = await agent('once');
    const faster = new Client({ connectionString: cluster.database.url });
    await faster.connect();
    try {
      await faster.query('begin');
      await faster.query('select from instruction where confirmed_at is null for update');
      const slower = pull(task);
      const wait = new Promise((resolve) => setTimeout(resolve, 1_000, 'is held'));
      expect(await Promise.race([slower, wait])).toBe('is held');
      await faster.query('rollback');
      expect((await slower).messagesList).toHaveLength(1);
    } finally {
      await faster.end();
    }
  });

  it('keeps the same prompt of another run whole when the first one is confirmed', async () => {
    const tasks = [await agent('the same'), await agent('the same')];
    const [first, second] = await Promise.all(tasks.map((task) => pull(task)));
    await tasks[0]!.confirm(first!.messagesList[0]!.metadata!.messageId);
    await vi.waitFor(async () => {
      const rows = await cluster.count('select count(*) from object_garbage');
      expect(rows).toBe(0);
    }, 20_000);
    for (const id of idsOf(second!.messageObjectTrees[0]!)) {
      expect((await tasks[1]!.pullObject(id)).objectAvailable).toBe(true);
    }
  });

  it('is nothing that a release before 1.38 would know what to do with', async () => {
    const task = await agent('too new');
    const node = await NodeActor.online(cluster.clients);
    const sent = makeInstruction({ runId: task.runId, dstNodeId: node.nodeId });
    await task.send(sent);
    const reply = makeReply(sent.message);
    await node.receive();
    await node.send(reply);
    const { messagesList } = await pull(task, [sent.id], '1.37.0');
    expect(messagesList).toEqual([reply.message]);
  });

  it('is given although replies that were asked for are not there yet', async () => {
    const task = await agent('first');
    const node = await NodeActor.online(cluster.clients);
    const sent = makeInstruction({ runId: task.runId, dstNodeId: node.nodeId });
    await task.send(sent);
    const { messagesList } = await pull(task, [sent.id]);
    expect(messagesList.map(({ metadata }) => metadata?.messageType)).toEqual(['system']);
  });

  it('may come from the run itself, and wakes a held pull when it is whole', async () => {
    const task = await agent('first');
    const prompt = await pull(task);
    await task.confirm(prompt.messagesList[0]!.metadata!.messageId);
    const node = await NodeActor.online(cluster.clients);
    const waited = makeInstruction({ runId: task.runId, dstNodeId: node.nodeId });
    await task.send(waited);
    const held = pull(task, [waited.id]);
    const own = makeInstruction({ runId: task.runId, dstNodeId: 1n });
    expect(await task.send(own)).toEqual([own.id]);
    expect((await held).messagesList).toEqual([own.message]);
  });

  it('is not given again when the run pushes it once more after it was confirmed', async () => {
    const task = await agent('first');
    const prompt = await pull(task);
    await task.confirm(prompt.messagesList[0]!.metadata!.messageId);
    const own = makeInstruction({ runId: task.runId, dstNodeId: 1n });
    await task.send(own);
    expect((await pull(task)).messagesList).toEqual([own.message]);
    await task.confirm(own.id);
    expect(await task.push(own)).toMatchObject({ messageIds: [own.id], objectsToPush: [] });
    expect((await pull(task)).messagesList).toEqual([]);
  });
});
