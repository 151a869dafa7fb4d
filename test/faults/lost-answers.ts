import type { AnswerOrders } from './answer-orders';
import type { Random } from './random';

/** A run has no more of these. */
const ONCE = [
  ...['fleet.get-run', 'fleet.get-fab', 'runtime.pull-task-input', 'runtime.get-nodes'],
  ...['runtime.push-logs', 'runtime.push-task-output'],
];
/** With these every call of a run whose answer can get lost, but for claims: those are free again after 30 s only. */
const OFTEN = [
  ...['fleet.pull-messages', 'fleet.pull-object', 'fleet.confirm-message-received'],
  ...['fleet.push-messages', 'fleet.push-object', 'runtime.push-messages', 'runtime.push-object'],
  ...['runtime.pull-messages', 'runtime.pull-object', 'runtime.confirm-message-received'],
];

/**
 * Orders one answer of each method to be lost, the first one or one of the first three: `toNodes` says over which wire
 * SuperNodes are to lose theirs, either one if absent.
 */
export function loseEach(orders: AnswerOrders, random: Random, toNodes?: 'http'): void {
  const over = (method: string): string =>
    toNodes !== undefined && method.startsWith('fleet.') ? `${toNodes}:${method}` : method;
  for (const method of OFTEN) orders.give(over(method), 'lose', random.between(1, 3));
  for (const method of ONCE) orders.give(over(method), 'lose');
}

/** How many of them are to nodes. */
export const LOST_TO_NODES = [...OFTEN, ...ONCE].filter((method) =>
  method.startsWith('fleet.'),
).length;

/** What is wrong if not all of them were met. */
export function notLost({ pending }: AnswerOrders): string[] {
  return pending.map((method) => `no answer of ${method} was there to be lost`);
}
