import { TINY_FAB_HASH } from '../../support/fab';
import { PlannedTask } from './cast';
import { type Episode, type Stage } from './stage';

const MODEL = { type: 'flwr-model', modelRef: 'any/model' };

const ODD_TASKS: readonly (readonly [string, Parameters<Stage['tasks']['createTask']>[2]])[] = [
  ['of no type', { type: '' }],
  ['of an unknown type', { type: 'flwr-nothing' }],
  ['of a model without a reference', { type: 'flwr-model' }],
  ['of a ClientApp without a FAB', { type: 'flwr-clientapp' }],
  ['of a ServerApp without a FAB', { type: 'flwr-serverapp' }],
  ['of an AgentApp without a FAB', { type: 'flwr-agentapp' }],
  ['of a connector without a reference', { type: 'flwr-connector' }],
  ['of a connector that nobody knows', { type: 'flwr-connector', connectorRef: 'no-such' }],
  ['of a connector with a blank reference', { type: 'flwr-connector', connectorRef: '  ' }],
];

/** Tasks that an app creates: what they may do, and how they end. */
export const childTasks: Episode = function* (stage) {
  const { script, tasks } = stage;
  const app = stage.runningRun();
  const child = (): PlannedTask => new PlannedTask(script.name('task'), app.run);
  for (const [situation, wanted] of ODD_TASKS) {
    tasks.createTask(app, child(), wanted, situation);
  }
  yield;
  const model = child();
  tasks.createTask(app, model, MODEL, 'of a model');
  stage.handOut(model, 'of a model', MODEL.type);
  tasks.nodes(model, 'by a model');
  tasks.push(model, [], 'of nothing, by a model');
  tasks.pull(model, () => [], 'by a model');
  tasks.pullObject(model, () => 'ab'.repeat(32), 'by a model');
  tasks.confirm(model, () => 'ab'.repeat(32), 'by a model');
  tasks.createTask(model, child(), MODEL, 'by a model');
  tasks.connector(model, 'by a model');
  tasks.connector(app, 'by a ServerApp');
  tasks.automate(model, script.name('automation'), 'by a model', () => ({}));
  yield;
  tasks.output(model, 'by a model that has not started', { subStatus: 'completed' });
  tasks.input(model, 'by a model');
  tasks.input(model, 'by a model, again');
  tasks.logs(model, ['not shown\n'], 'by a model');
  tasks.events(model, ['{}'], 'by a model');
  tasks.usage(model, 'by a model');
  yield;
  const code = child();
  tasks.createTask(app, code, { type: 'flwr-clientapp', fabHash: TINY_FAB_HASH }, 'of a ClientApp');
  stage.handOut(code, 'of a ClientApp', 'flwr-clientapp');
  tasks.input(code, 'by a ClientApp');
  tasks.nodes(code, 'by a ClientApp');
  const grandchild = child();
  tasks.createTask(code, grandchild, MODEL, 'by a ClientApp');
  stage.handOut(grandchild, 'of a model', MODEL.type);
  yield;
  tasks.output(code, 'by a ClientApp', { subStatus: 'completed' });
  tasks.heartbeat(code, 'by a ClientApp that has ended');
  tasks.heartbeat(app);
  // the last: a release that takes it would hand it out
  tasks.createTask(app, child(), { type: 'flwr-simulation' }, 'of a simulation');
  const how = script.pick(['completed', 'failed', 'stopped']);
  if (script.chance(30)) stage.control.stopRun(app.run, 'with tasks of its own');
  else tasks.output(app, `with tasks of its own`, { subStatus: how });
  tasks.heartbeat(model, 'by a model whose run has ended');
  tasks.heartbeat(grandchild, 'by a model whose run has ended');
  stage.control.listRun(app.run, 'with tasks of its own');
  stage.control.logs(app.run, 'with tasks of its own');
  stage.control.events(app.run, 'with tasks of its own');
};

/** Messages between tasks. */
export const taskMessages: Episode = function* (stage) {
  const { script, tasks } = stage;
  const app = stage.runningRun();
  const foreign = stage.runningRun();
  const model = new PlannedTask(script.name('task'), app.run);
  tasks.createTask(app, model, MODEL, 'of a model');
  stage.handOut(model, 'of a model', MODEL.type);
  tasks.input(model, 'by a model');
  yield;
  const name = (): string => script.name('of task ');
  const [one, two, three] = [name(), name(), name()];
  tasks.tell(app, model, one);
  tasks.tell(app, model, one, 'again');
  tasks.tell(app, model, two);
  tasks.tell(app, model, three);
  tasks.tell(model, app, name(), 'back');
  yield;
  tasks.hear(model, 'one of several', 1n);
  tasks.hear(model, 'the others');
  tasks.hear(model, 'none');
  tasks.hear(app);
  tasks.hear(app, 'no limit', 0n);
  yield;
  tasks.tell(app, app, name(), 'to itself');
  tasks.tell(app, foreign, name(), 'to a task of another run');
  tasks.tell(app, model, name(), 'of another task', (side) => ({ srcTaskId: model.id(side) }));
  tasks.tell(app, model, name(), 'of no task', () => ({ srcTaskId: undefined }));
  tasks.tell(app, model, name(), 'to no task', () => ({ dstTaskId: undefined }));
  tasks.tell(app, model, name(), 'of another run', (side) => ({ runId: foreign.runId(side) }));
  tasks.tell(app, model, name(), 'of a SuperNode', () => ({ srcNodeId: 7n }));
  tasks.tell(app, model, name(), 'without an id', () => ({ messageId: '' }));
  tasks.tell(app, model, name(), 'without a type', () => ({ messageType: '' }));
  tasks.tell(app, model, name(), 'that has expired', () => ({ createdAt: 1_750_000_000, ttl: 1 }));
  tasks.tell(app, model, name(), 'of a time before Flower', () => ({ createdAt: 1 }));
  tasks.tell(app, model, name(), 'that does not live', () => ({ ttl: 0 }));
  yield;
  tasks.hear(model, 'after what was refused');
  tasks.output(model, 'by a model', { subStatus: 'completed' });
  tasks.tell(app, model, name(), 'to a task that has ended');
  stage.control.stopRun(app.run);
  stage.control.stopRun(foreign.run);
};

/** Events, as they are pushed and as they are read. */
export const taskEvents: Episode = function* (stage) {
  const { tasks, control } = stage;
  const app = stage.runningRun();
  tasks.events(app, ['{"a":1}', '{"b":"ü"}'], 'of two');
  tasks.events(app, [], 'of none');
  for (const data of [
    '',
    'no JSON',
    '[1]',
    '7',
    'null',
    '{"a":1} ',
    '{"a":NaN}',
    '{"a":1,"a":2}',
  ]) {
    tasks.events(app, [data], `with the data ${data || 'of nothing'}`);
  }
  tasks.events(app, ['{"c":3}', 'no JSON'], 'of a good and a bad one');
  yield;
  control.events(app.run, 'of a running run');
  tasks.output(app);
  control.events(app.run, 'of a finished run');
  control.events(app.run, 'after the last', () => 2n ** 62n);
  control.series(app.run, 'with events');
};
