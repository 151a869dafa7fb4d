import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { Message } from '../../../src/generated/flwr/proto/message';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { NodeActor } from '../../support/node-actor';
import { type DeflatedMessage, makeInstruction, makeReply } from '../../support/objects';
import { expectHealthy } from './bad-inputs';
import { outcomeWithoutTrace } from './no-trace';
import { World } from './world';

type Attempt = readonly [what: string, answer: string, make: () => Promise<() => Promise<unknown>>];

describe('a caller who reaches for what belongs to others', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.build();
  });
  afterAll(async () => world.close());
  beforeEach(async () => world.tables.keepAlive());
  afterEach(async () => expectHealthy(world));

  /** A message of the second run to its node, complete. */
  const foreignInstruction = async (): Promise<DeflatedMessage> => {
    const { foreignTask, foreignNode } = world;
    const facts = { runId: foreignTask.runId, dstNodeId: foreignNode.nodeId };
    const instruction = makeInstruction(facts);
    await foreignTask.send(instruction);
    return instruction;
  };

  /** One of its objects. */
  const foreignObject = async (): Promise<{ id: string; content: Buffer }> => {
    const [[id, content] = ['', Buffer.alloc(0)]] = (await foreignInstruction()).objects;
    return { id, content };
  };

  /** The reply to it, stored but for its objects. */
  const foreignReply = async (): Promise<{ reply: DeflatedMessage; sessionId: string }> => {
    const reply = makeReply((await foreignInstruction()).message);
    const { sessionId } = await world.foreignNode.push(reply);
    return { reply, sessionId };
  };

  const attempts: readonly Attempt[] = [
    [
      'a node replies to the message of another',
      'OK',
      async () => {
        const { message } = await foreignInstruction();
        const reply = makeReply(message, { srcNodeId: world.node.nodeId });
        return () => world.node.push(reply);
      },
    ],
    [
      'a node replies in the name of another',
      'OK',
      async () => {
        const reply = makeReply((await foreignInstruction()).message);
        return () => world.node.push(reply);
      },
    ],
    [
      'a node pushes the stored reply of another again',
      'OK',
      async () => {
        const { reply } = await foreignReply();
        return () => world.node.push(reply);
      },
    ],
    [
      'a node pushes a reply of its own under the id of a foreign one',
      'INVALID_ARGUMENT',
      async () => {
        const { reply: foreign } = await foreignReply();
        const own = await world.reply();
        const metadata = { ...own.message.metadata!, messageId: foreign.id };
        const message = Message.fromPartial({ ...own.message, metadata });
        return () => world.node.push({ ...own, message, tree: foreign.tree });
      },
    ],
    [
      'a node pushes an object into the session of another',
      'OK',
      async () => {
        const { reply, sessionId } = await foreignReply();
        const [[id, content] = ['', Buffer.alloc(0)]] = reply.objects;
        return async () => {
          expect(await world.node.pushObject(world.task.runId, id, content, sessionId)).toBe(false);
        };
      },
    ],
    [
      'a node pulls an object of another run',
      'OK',
      async () => {
        const { id } = await foreignObject();
        return async () => {
          const answer = await world.node.pullObject(world.task.runId, id);
          expect(answer).toMatchObject({ objectFound: false, objectAvailable: false });
        };
      },
    ],
    [
      'a node confirms the message of another',
      'OK',
      async () => {
        const { id } = await foreignInstruction();
        return () => world.node.confirm(world.foreignTask.runId, id);
      },
    ],
    [
      'a node calls in the name of another',
      'UNAUTHENTICATED',
      () => {
        const request = { node: { nodeId: world.foreignNode.nodeId }, messageIds: [] };
        return Promise.resolve(() => world.node.call(FleetService.pullMessages, request));
      },
    ],
    [
      'a node unregisters another',
      'UNAUTHENTICATED',
      () => {
        const { nodeId } = world.foreignNode;
        return Promise.resolve(() => world.node.call(FleetService.unregisterNode, { nodeId }));
      },
    ],
    [
      'a node registers the key of another',
      'UNAUTHENTICATED',
      () => {
        const { publicKey } = new NodeActor(world.clients);
        return Promise.resolve(() => world.node.call(FleetService.registerNode, { publicKey }));
      },
    ],
    [
      'a task sends a message of another run',
      'PERMISSION_DENIED 3014',
      () => {
        const facts = { runId: world.foreignTask.runId, dstNodeId: world.node.nodeId };
        return Promise.resolve(() => world.task.push(makeInstruction(facts)));
      },
    ],
    [
      'a task pulls an object of another run',
      'OK',
      async () => {
        const { id } = await foreignObject();
        return async () => {
          expect(await world.task.pullObject(id)).toMatchObject({ objectFound: false });
        };
      },
    ],
    [
      'a task pushes an object into the session of another',
      'OK',
      async () => {
        const { reply, sessionId } = await foreignReply();
        const [[id, content] = ['', Buffer.alloc(0)]] = reply.objects;
        return async () => {
          expect(await world.task.pushObject(id, content, sessionId)).toBe(false);
        };
      },
    ],
    [
      'a task confirms the reply of another run',
      'OK',
      async () => {
        const { reply } = await foreignReply();
        return () => world.task.confirm(reply.id);
      },
    ],
    [
      'a task sends a message to a task of another run',
      'FAILED_PRECONDITION 3009',
      () => {
        const { message } = makeInstruction({ runId: world.task.runId, dstNodeId: 1n });
        const tasks = { srcTaskId: world.task.taskId, dstTaskId: world.foreignTask.taskId };
        const metadata = { ...message.metadata!, ...tasks };
        const request = { message: Message.fromPartial({ ...message, metadata }) };
        return Promise.resolve(() => world.task.call(ServerAppIoService.pushTaskMessage, request));
      },
    ],
  ];

  it.each(attempts)('%s: %s', async (_, answer, make) => {
    const call = await make();
    expect(await outcomeWithoutTrace(world, call)).toBe(answer);
  });

  it('a task that asks for the replies to foreign messages is told that they are not there', async () => {
    const { id } = await foreignInstruction();
    const { messagesList } = await world.task.pull(id);
    expect(messagesList.map(({ error }) => error?.code)).toEqual([3n]);
    expect(await world.foreignNode.pullId()).toBeDefined();
  });

  it('a task that sends the message of another run again stores nothing of it', async () => {
    const foreign = await foreignInstruction();
    const metadata = { ...foreign.message.metadata!, runId: world.task.runId };
    const message = Message.fromPartial({ ...foreign.message, metadata });
    const { messageIds } = await world.task.push({ ...foreign, message });
    expect(messageIds).toEqual(['']);
  });
});
