/** Thirty years: sums of it over any number of nodes stay numbers. */
const LONGEST_SECONDS = 1e9;

/**
 * The seconds that a client says it ran, as they may be added up: what is no positive number counts as none, what is
 * absurd as thirty years. One NaN, or two numbers whose sum is none, would spoil the sum of the run for ever.
 */
export function runTimeOf(seconds: number): number {
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, LONGEST_SECONDS) : 0;
}
