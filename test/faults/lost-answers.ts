import { waitUntil } from '../../scripts/flower/ports.mjs';
import type { AnswerOrders } from './answer-orders';
import type { Random } from './random';

const LAST_MILLISECONDS = 5_000;

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

/** Resolves, when the run has ended, with what is wrong if not all of them are met soon: the database tells of the end first. */
export async function untilLost(orders: AnswerOrders): Promise<string[]> {
  const areMet = (): boolean => orders.pending.length === 0;
  await waitUntil('the last answer', areMet, { timeoutMs: LAST_MILLISECONDS }).catch(() => false);
  return orders.pending.map((method) => `no answer of ${method} was there to be lost`);
}
