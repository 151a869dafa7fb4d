import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * The turn of the event loop in which the call was read, the one after it, in which its connection's end is read, and the
 * one in which HTTP/2 tells its streams of that.
 */
const TURNS = 3;

/**
 * Resolves when the ends of all connections have been seen that were there when the call was read. A replica that was
 * stopped or busy reads calls whose clients gave up seconds ago and have sent them again elsewhere.
 */
export async function untilEndsAreSeen(): Promise<void> {
  for (let turn = 1; turn <= TURNS; turn += 1) await nextTurn();
}
