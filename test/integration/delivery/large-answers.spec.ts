import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import { makeInstruction, makeReply } from '../../support/objects';
import { TaskActor } from '../../support/task-actor';

const MEBIBYTE = 1024 * 1024;

describe('what a task is given in one call', () => {
  const cluster = useCluster();
  let app: TaskActor;

  beforeEach(async () => {
    app = await TaskActor.running(cluster.clients);
  });

  it('leaves replies over 32 MiB together to the next call', async () => {
    const node = await NodeActor.online(cluster.clients);
    const toNode = () => makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    const instructions = [toNode(), toNode(), toNode()];
    await app.send(...instructions);
    const replies = instructions.map(({ message }) => makeReply(message));
    for (const reply of replies) await node.send(reply);
    // no node can send so much: a field of no schema with 20 MiB
    await cluster.query(
      String.raw`update reply set message = message || '\x7a8080800a' || decode(repeat('00', 20 << 20), 'hex')
      where message_id = any($1)`,
      [replies.map(({ id }) => id)],
    );
    let waited = instructions.map(({ id }) => id);
    const take = async () => {
      const { messagesList } = await app.pull(...waited);
      const pulled = messagesList.flatMap(({ metadata }) => metadata ?? []);
      for (const { messageId } of pulled) await app.confirm(messageId);
      const answered = pulled.map(({ replyToMessageId }) => replyToMessageId);
      waited = waited.filter((id) => !answered.includes(id));
      return pulled.length;
    };
    expect([await take(), await take()]).toEqual([2, 1]);
    expect(waited).toEqual([]);
  });

  it('leaves messages of other tasks over 32 MiB together to the next call', async () => {
    const model = (await app.createModel()).through(cluster.connect([0])); // its next call confirms the last one
    const error = { code: 1n, reason: 'x'.repeat(20 * MEBIBYTE) };
    const message = () => ({ ...app.messageTo(model), content: undefined, error });
    const sent = [message(), message(), message()];
    for (const each of sent) await app.call(ServerAppIoService.pushTaskMessage, { message: each });
    const pull = async () => {
      const messages = await model.pullTaskMessages();
      return messages.flatMap(({ metadata }) => metadata?.messageId ?? []);
    };
    const ids = sent.map(({ metadata }) => metadata?.messageId);
    expect([await pull(), await pull()]).toEqual([ids.slice(0, 2), ids.slice(2)]);
  });
});
