/** So long before its end a drain cuts what still streams, to end in order. */
const CUT_BEFORE_THE_END_SECONDS = 3;
/** What is held is answered first, however short the drain is. */
const LEAST_PART_BEFORE_THE_CUT = 0.5;

/** Seconds after its begin when a drain cuts HTTP connections: by then its notice must be over. */
export function drainCutSeconds(drainSeconds: number): number {
  return Math.max(
    drainSeconds - CUT_BEFORE_THE_END_SECONDS,
    drainSeconds * LEAST_PART_BEFORE_THE_CUT,
  );
}
