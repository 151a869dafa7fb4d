import { duringRun } from '../during-run';

/** Every call of a run whose answer can get lost, but for claims: a claimed task is free again after 30 s only. */
const METHODS = [
  ...['fleet.pull-messages', 'fleet.pull-object', 'fleet.confirm-message-received'],
  ...['fleet.push-messages', 'fleet.push-object', 'runtime.push-messages', 'runtime.push-object'],
  ...['runtime.pull-messages', 'runtime.pull-object', 'runtime.confirm-message-received'],
  ...['fleet.get-run', 'fleet.get-fab', 'runtime.pull-task-input', 'runtime.get-nodes'],
  ...['runtime.push-logs', 'runtime.push-task-output'],
];

export const LOST_ANSWERS = duringRun({
  id: 'F3',
  name: 'the answer of each RPC is swallowed once',
  workSeconds: 1,
  mostStallSeconds: 3,
  prepare(orders, random) {
    for (const method of METHODS)
      orders.give(method, 'lose', ONCE.has(method) ? 1 : random.between(1, 3));
  },
  async inject(scene) {
    await scene.untilFinished();
    const { pending } = scene.orders;
    return pending.map((method) => `no answer of ${method} was there to be lost`);
  },
});

/** A run has no more of these. */
const ONCE = new Set([
  ...['fleet.get-run', 'fleet.get-fab', 'runtime.pull-task-input', 'runtime.get-nodes'],
  ...['runtime.push-logs', 'runtime.push-task-output'],
]);
