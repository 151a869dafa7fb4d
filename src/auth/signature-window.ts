import type { DatabaseClock } from '../database/database-clock';

const MOST_AHEAD_SECONDS = 5;
/** Also how long a nonce must be remembered after its timestamp. */
export const MOST_BEHIND_SECONDS = 305;

/**
 * True if a signature made at `signed` (seconds since the epoch; NaN: no time) may be accepted now. Before it says no it has
 * the time measured: SuperNodes end at a no. Throws UNAVAILABLE if that can't be done.
 */
export async function isTimely(signed: number, clock: DatabaseClock): Promise<boolean> {
  if (Number.isNaN(signed)) return false;
  return (
    isInsideWindow(signed, clock.seconds()) || isInsideWindow(signed, await clock.measuredSeconds())
  );
}

/** True if a signature made at `signed` may be accepted at `now` (both in seconds); the bounds are outside. */
export function isInsideWindow(signed: number, now: number): boolean {
  const age = now - signed;
  return age > -MOST_AHEAD_SECONDS && age < MOST_BEHIND_SECONDS;
}
