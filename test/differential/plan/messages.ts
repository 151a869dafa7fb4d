import type { MessageFacts } from '../../support/objects';
import { PlannedMessage, type PlannedNode, type PlannedTask } from './cast';
import { type Episode, OBJECTS, type Stage } from './stage';

const now = (): number => Date.now() / 1000;

type Facts = readonly [situation: string, facts: (ids: Ids) => MessageFacts];
/** Of the message's run and node, as the side knows them. */
interface Ids {
  readonly nodeId: bigint;
  readonly runId: bigint;
}

const CONTENT_AND_ERROR = { error: { code: 1n, reason: 'both' } };

/** What no message may say; each in a push of its own. */
const BAD_INSTRUCTIONS: readonly Facts[] = [
  ['from no node', () => ({ srcNodeId: 0n })],
  ['from a SuperNode', ({ nodeId }) => ({ srcNodeId: nodeId })],
  ['to no node', () => ({ dstNodeId: 0n })],
  ['to the SuperLink', () => ({ dstNodeId: 1n })],
  ['to a node that nobody knows', () => ({ dstNodeId: 0x1234_5678n })],
  ['of a time before Flower', () => ({ createdAt: 1_700_000_000 })],
  ['without a time', () => ({ createdAt: 0 })],
  ['of no time at all', () => ({ createdAt: Number.NaN })],
  ['that has expired', () => ({ createdAt: now() - 100, ttl: 50 })],
  ['that does not live', () => ({ ttl: 0 })],
  ['that lives backwards', () => ({ ttl: -1 })],
  ['of the future', () => ({ createdAt: now() + 1_000_000 })],
  ['without a type', () => ({ messageType: '' })],
  ['of a type of its own', () => ({ messageType: 'train.own' })],
  ['of a strange type', () => ({ messageType: 'no such type' })],
  ['that answers a message', () => ({ replyToMessageId: 'ab'.repeat(32) })],
  ['of another run', ({ runId }) => ({ runId: runId ^ 1n })],
  ['of no run', () => ({ runId: 0n })],
  ['with an error', () => CONTENT_AND_ERROR],
  ['without a group', () => ({ groupId: '' })],
];

/** Instructions that must not be taken, one by one. */
export const oddInstructions: Episode = function* (stage) {
  const { script, fleet, tasks } = stage;
  const node = fleet.online();
  const app = stage.runningRun();
  for (const [situation, factsOf] of BAD_INSTRUCTIONS) {
    yield;
    const message = PlannedMessage.instruction(script.name('message'), app.run, node, (side) =>
      factsOf({ nodeId: node.id(side), runId: app.runId(side) }),
    );
    tasks.push(app, [message], `of a message ${situation}`);
  }
  yield;
  tasks.push(app, [], 'of no message');
  stage.control.stopRun(app.run);
  fleet.unregister(node);
};

/** Lists that do not fit, and messages whose parts do not. */
export const oddLists: Episode = function* (stage) {
  const { fleet, tasks, script } = stage;
  const node = fleet.online();
  const app = stage.runningRun();
  const make = (): PlannedMessage =>
    PlannedMessage.instruction(script.name('message'), app.run, node);
  const [one, other] = [make(), make()];
  yield;
  tasks.call(tasks.api.pushMessages, app, 'of a message without a tree', {
    ask: (side) => ({ messagesList: [one.on(side).message], messageObjectTrees: [] }),
  });
  tasks.call(tasks.api.pushMessages, app, 'of a tree without a message', {
    ask: (side) => ({ messagesList: [], messageObjectTrees: [one.on(side).tree] }),
  });
  yield;
  const third = make();
  tasks.call(tasks.api.pushMessages, app, 'of a message with the tree of another', {
    ask: (side) => ({
      messagesList: [third.on(side).message],
      messageObjectTrees: [other.on(side).tree],
    }),
  });
  yield;
  const fourth = make();
  tasks.call(tasks.api.pushMessages, app, 'of a tree whose id is none', {
    ask: (side) => ({
      messagesList: [fourth.on(side).message],
      messageObjectTrees: [
        { objectId: fourth.id(side), children: [{ objectId: 'no id', children: [] }] },
      ],
    }),
  });
  const fifth = make();
  tasks.call(tasks.api.pushMessages, app, 'of a tree with a child twice', {
    ask: (side) => {
      const { message, tree } = fifth.on(side);
      return {
        messagesList: [message],
        messageObjectTrees: [{ ...tree, children: [...tree.children, ...tree.children] }],
      };
    },
  });
  yield;
  stage.control.stopRun(app.run);
  fleet.unregister(node);
};

const BAD_REPLIES: readonly Facts[] = [
  ['from no node', () => ({ srcNodeId: 0n })],
  ['from the SuperLink', () => ({ srcNodeId: 1n })],
  ['from another node', () => ({ srcNodeId: 0x1234_5678n })],
  ['to a SuperNode', ({ nodeId }) => ({ dstNodeId: nodeId })],
  ['to no node', () => ({ dstNodeId: 0n })],
  ['to no message', () => ({ replyToMessageId: '' })],
  ['to a message that nobody knows', () => ({ replyToMessageId: 'ab'.repeat(32) })],
  ['of a time before Flower', () => ({ createdAt: 1_700_000_000 })],
  ['that has expired', () => ({ createdAt: now() - 100, ttl: 50 })],
  ['that does not live', () => ({ ttl: 0 })],
  ['that lives longer than the question', () => ({ ttl: 100_000 })],
  ['without a type', () => ({ messageType: '' })],
  ['of no run', () => ({ runId: 0n })],
  ['of a run that nobody knows', ({ runId }) => ({ runId: runId ^ 1n })],
];

/** Replies that must not be taken, and then a good one. */
export const oddReplies: Episode = function* (stage) {
  const { script, fleet, tasks } = stage;
  const node = fleet.online();
  const app = stage.runningRun();
  const instruction = PlannedMessage.instruction(script.name('message'), app.run, node);
  tasks.send(app, [instruction], OBJECTS);
  fleet.receive(node, instruction, app.run, OBJECTS);
  for (const [situation, factsOf] of BAD_REPLIES) {
    yield;
    const reply = PlannedMessage.reply(script.name('reply'), instruction, (side) =>
      factsOf({ nodeId: node.id(side), runId: app.runId(side) }),
    );
    fleet.push(node, reply, `of a reply ${situation}`);
  }
  yield;
  tasks.pull(app, (side) => [instruction.id(side)], 'of a message without a reply');
  const reply = PlannedMessage.reply(script.name('reply'), instruction);
  fleet.send(node, reply, app.run, OBJECTS);
  const late = PlannedMessage.reply(script.name('reply'), instruction);
  fleet.push(node, late, 'of a second reply');
  yield;
  tasks.receive(app, instruction, reply, OBJECTS);
  tasks.pull(app, (side) => [instruction.id(side)], 'of a reply that was confirmed', {
    made: script.name('made up '),
  });
  stage.control.stopRun(app.run);
  fleet.unregister(node);
};

/** Replies that the SuperLink makes up, and receivers that are away. */
export const absentNodes: Episode = function* (stage) {
  const { script, fleet, tasks } = stage;
  const app = stage.runningRun();
  const node = fleet.online();
  tasks.pull(app, () => ['ab'.repeat(32)], 'of a message that nobody knows', {
    made: script.name('made up '),
  });
  yield;
  const unheard = send(stage, app, node);
  fleet.deactivate(node);
  const away = fleet.online();
  fleet.deactivate(away);
  tasks.push(
    app,
    [PlannedMessage.instruction(script.name('message'), app.run, away)],
    'to a node that is offline',
  );
  yield;
  pullMadeUp(stage, app, unheard, 'of a message to a node that is offline');
  yield;
  fleet.activate(node);
  const heard = send(stage, app, node);
  fleet.receive(node, heard, app.run, OBJECTS);
  fleet.send(node, PlannedMessage.reply(script.name('reply'), heard), app.run, OBJECTS);
  fleet.unregister(node);
  tasks.push(
    app,
    [PlannedMessage.instruction(script.name('message'), app.run, node)],
    'to a node that is unregistered',
  );
  yield;
  tasks.pull(app, (side) => [heard.id(side)], 'of a reply of a node that is unregistered', {
    made: script.name('made up '),
  });
  tasks.nodes(app);
  fleet.unregister(away);
  stage.control.stopRun(app.run);
};

function send({ script, tasks }: Stage, app: PlannedTask, node: PlannedNode): PlannedMessage {
  const message = PlannedMessage.instruction(script.name('message'), app.run, node);
  tasks.send(app, [message], OBJECTS);
  return message;
}

/** Asks for a reply that the SuperLink makes up, takes its object and confirms it. */
function pullMadeUp(
  { script, tasks }: Stage,
  app: PlannedTask,
  message: PlannedMessage,
  situation: string,
): void {
  const made = script.name('made up ');
  tasks.pull(app, (side) => [message.id(side)], situation, { made });
  tasks.pullObject(app, (side) => side.text('object', made), 'of a reply that was made up');
  tasks.confirm(app, (side) => side.text('object', made), 'of a reply that was made up');
}
