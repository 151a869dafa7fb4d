import { PlannedMessage, PlannedTask } from './cast';
import { type Episode, OBJECTS, type Stage } from './stage';

/** Ours hands a message out again from 2 s on. */
const AFTER_A_LEASE = 2_300;

/** A node's calls, each as if its answer had been lost. */
export const repeatsOfNodes: Episode = function* (stage) {
  const { script, fleet, tasks } = stage;
  const node = fleet.online();
  const app = stage.runningRun();
  const instruction = PlannedMessage.instruction(script.name('message'), app.run, node);
  tasks.send(app, [instruction], OBJECTS);
  fleet.pull(node);
  fleet.pull(node, 'again, at once');
  fleet.pull(node, 'again, after 2 s', { pauseMilliseconds: AFTER_A_LEASE });
  fleet.confirm(node, app.run, (side) => instruction.id(side));
  fleet.confirm(node, app.run, (side) => instruction.id(side), 'again');
  yield;
  const reply = PlannedMessage.reply(script.name('reply'), instruction);
  fleet.push(node, reply);
  fleet.push(node, reply, 'again, before any object');
  yield;
  const session = (side: Parameters<typeof reply.id>[0]): string =>
    side.text('session', reply.name);
  for (let place = 0; place < OBJECTS; place += 1) {
    const push = { message: reply, place, run: app.run, session };
    fleet.pushObject(node, push);
    fleet.pushObject(node, push, 'again');
  }
  fleet.push(node, reply, 'again, after all objects');
  yield;
  tasks.pull(app, (side) => [instruction.id(side)]);
  tasks.pull(app, (side) => [instruction.id(side)], 'again, after 2 s', {
    made: script.name('made up '),
    pauseMilliseconds: AFTER_A_LEASE,
  });
  tasks.confirm(app, (side) => reply.id(side), 'after the reply was pulled twice');
  tasks.confirm(app, (side) => reply.id(side), 'again');
  fleet.push(node, reply, 'again, after it was taken');
  fleet.deactivate(node);
  fleet.deactivate(node, 'again');
  fleet.unregister(node);
  fleet.unregister(node, 'again');
  stage.control.stopRun(app.run);
  stage.control.stopRun(app.run, 'again');
};

/** A task's calls, each as if its answer had been lost. */
export const repeatsOfTasks: Episode = function* (stage) {
  const { script, tasks, fleet } = stage;
  const node = fleet.online();
  const app = stage.pendingRun();
  stage.handOut(app);
  if (stage.edition === 'grpc') stage.claim(app, 'again');
  tasks.input(app);
  tasks.input(app, 'again');
  yield;
  const message = PlannedMessage.instruction(script.name('message'), app.run, node);
  tasks.push(app, [message]);
  tasks.push(app, [message], 'again, before any object');
  for (let place = 0; place < OBJECTS; place += 1) {
    tasks.pushObject(app, message, place);
    tasks.pushObject(app, message, place, 'again');
  }
  tasks.push(app, [message], 'again, after all objects');
  tasks.push(app, [message, message], 'of the same message twice');
  yield;
  logsTwice(stage, app);
  yield;
  tasks.output(app, 'as usual', { subStatus: 'failed', details: 'why' });
  tasks.output(app, 'again', { subStatus: 'failed', details: 'why' });
  tasks.output(app, 'again, but saying something else', { subStatus: 'completed' });
  tasks.logs(app, ['too late\n'], 'after the end');
  tasks.heartbeat(app, 'after the end');
  stage.control.logs(app.run, 'of logs that were pushed twice');
  fleet.unregister(node);
};

/** Whose answer has come says it twice. */
function logsTwice({ tasks }: Stage, app: PlannedTask): void {
  tasks.logs(app, ['line\n'], 'as usual');
  tasks.logs(app, ['line\n'], 'as usual');
}
