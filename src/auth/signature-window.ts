const MOST_AHEAD_SECONDS = 5;
/** Also how long a nonce must be remembered after its timestamp. */
export const MOST_BEHIND_SECONDS = 305;

/** True if a signature made at `signed` may be accepted at `now` (both in seconds); the bounds are outside. */
export function isInsideWindow(signed: number, now: number): boolean {
  const age = now - signed;
  return age > -MOST_AHEAD_SECONDS && age < MOST_BEHIND_SECONDS;
}
