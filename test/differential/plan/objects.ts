import type { Side } from '../core/side';
import { PlannedMessage } from './cast';
import { type Episode, OBJECTS } from './stage';

const UNKNOWN_OBJECT = 'cd'.repeat(32);
const ROOT = OBJECTS - 1;

/** Objects of an app's message: too early, wrong, unknown, of others. */
export const objectsOfApps: Episode = function* (stage) {
  const { script, fleet, tasks } = stage;
  const node = fleet.online();
  const app = stage.runningRun();
  const foreign = stage.runningRun();
  const message = PlannedMessage.instruction(script.name('message'), app.run, node);
  const root = (side: Side): string => message.id(side);
  tasks.push(app, [message]);
  tasks.pullObject(app, root, 'that is not there yet');
  fleet.pull(node, 'of a message whose objects are not there yet');
  yield;
  tasks.pushObject(app, message, ROOT, 'with other content', () => ({
    objectContent: Buffer.from('x'),
  }));
  tasks.pushObject(app, message, ROOT, 'without content', () => ({
    objectContent: Buffer.alloc(0),
  }));
  tasks.pushObject(app, message, ROOT, 'under another node id', () => ({ node: { nodeId: 7n } }));
  tasks.pushObject(foreign, message, ROOT, 'of another run');
  yield;
  tasks.pushObject(app, message, 0, 'in a session that nobody knows', () => ({
    sessionId: 'none',
  }));
  tasks.pushObject(app, message, 0, 'again, in the session');
  tasks.pushObject(app, message, 1, 'without a session', () => ({ sessionId: '' }));
  for (let place = 2; place < OBJECTS; place += 1) tasks.pushObject(app, message, place);
  yield;
  tasks.pullObject(app, root, 'of its own message');
  tasks.pullObject(app, () => UNKNOWN_OBJECT, 'that nobody knows');
  tasks.pullObject(app, () => 'none', 'whose id is none');
  tasks.pullObject(app, root, 'under another node id', 7n);
  tasks.pullObject(foreign, root, 'of another run');
  tasks.confirm(foreign, root, 'of another run');
  tasks.confirm(
    app,
    (side) => message.objectAt(side, 0).objectId,
    'of an object that is no message',
  );
  tasks.confirm(app, () => UNKNOWN_OBJECT, 'of a message that nobody knows');
  yield;
  stage.control.stopRun(app.run);
  stage.control.stopRun(foreign.run);
  fleet.unregister(node);
};

/** Objects of a node's reply, and what other nodes may do with them. */
export const objectsOfNodes: Episode = function* (stage) {
  const { script, fleet, tasks } = stage;
  const [node, other] = [fleet.online(), fleet.online()];
  const app = stage.runningRun();
  const foreign = stage.runningRun();
  const instruction = PlannedMessage.instruction(script.name('message'), app.run, node);
  tasks.send(app, [instruction], OBJECTS);
  fleet.pull(node);
  yield;
  const first = (side: Side): string => instruction.objectAt(side, 0).objectId;
  fleet.pullObject(node, app.run, first);
  fleet.pullObject(node, foreign.run, first, 'for another run');
  fleet.pullObject(node, 'nowhere', first, 'for a run that nobody knows');
  fleet.pullObject(node, app.run, () => UNKNOWN_OBJECT, 'that nobody knows');
  fleet.pullObject(node, app.run, () => '', 'without an id');
  fleet.confirm(node, app.run, first, 'of an object that is no message');
  fleet.confirm(node, app.run, () => UNKNOWN_OBJECT, 'of a message that nobody knows');
  fleet.confirm(node, 'nowhere', () => UNKNOWN_OBJECT, 'for a run that nobody knows');
  yield;
  fleet.confirm(node, app.run, (side) => instruction.id(side));
  const reply = PlannedMessage.reply(script.name('reply'), instruction);
  fleet.push(other, reply, 'of a reply of another node');
  yield;
  fleet.push(node, reply, 'of a reply that another node has pushed before');
  const session = (side: Side): string => side.text('session', reply.name);
  const push = (place: number, run = app.run) => ({ message: reply, place, run, session });
  fleet.pushObject(node, push(ROOT), 'with other content', Buffer.from('x'));
  fleet.pushObject(node, push(ROOT, foreign.run), 'for another run');
  fleet.pushObject(node, push(ROOT, 'nowhere'), 'for a run that nobody knows');
  fleet.pushObject(node, { ...push(0), session: () => 'none' }, 'in a session that nobody knows');
  yield;
  fleet.pushObject(node, { ...push(1), session: () => '' }, 'without a session');
  tasks.pull(app, (side) => [instruction.id(side)], 'of a reply whose objects are not there yet');
  stage.control.stopRun(app.run);
  fleet.pushObject(node, push(2), 'for a run that was stopped');
  fleet.confirm(node, app.run, (side) => instruction.id(side), 'for a run that was stopped');
  fleet.pullObject(node, app.run, first, 'for a run that was stopped');
  fleet.push(node, reply, 'for a run that was stopped');
  stage.control.stopRun(foreign.run);
  fleet.unregister(node);
  fleet.unregister(other);
};

/** Equal payloads are equal objects, and are asked for once. */
export const sharedObjects: Episode = function* (stage) {
  const { script, fleet, tasks } = stage;
  const nodes = [fleet.online(), fleet.online()];
  const app = stage.runningRun();
  const payload = Buffer.from(script.name('shared payload '));
  const messages = nodes.map((node) =>
    PlannedMessage.instruction(script.name('message'), app.run, node, () => ({ payload })),
  );
  yield;
  tasks.push(app, messages, 'of messages with equal content');
  for (let place = 0; place < OBJECTS; place += 1) tasks.pushObject(app, messages[0]!, place);
  tasks.pushObject(app, messages[1]!, ROOT);
  yield;
  fleet.receive(nodes[0]!, messages[0]!, app.run, OBJECTS);
  const again = PlannedMessage.instruction(script.name('message'), app.run, nodes[0]!, () => ({
    payload,
  }));
  // the second message still needs it
  tasks.push(app, [again], 'of content that was there before');
  fleet.receive(nodes[1]!, messages[1]!, app.run, OBJECTS);
  yield;
  stage.control.stopRun(app.run);
  for (const node of nodes) fleet.unregister(node);
};
