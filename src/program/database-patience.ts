import type { Patience } from '../database/wait-for-database';
import { explainStartFailure } from './start-failure';

const TELL_EVERY_MILLISECONDS = 10_000;

/** Waits for the database as long as was asked for, and says at once and then every ten seconds for what. */
export function databasePatience(
  seconds: number,
  stopped: AbortSignal,
  say: (line: string) => void,
): Patience {
  const began = performance.now();
  let toldAt = Number.NEGATIVE_INFINITY;
  return {
    seconds,
    stopped,
    onWait: (error) => {
      const now = performance.now();
      if (now - toldAt < TELL_EVERY_MILLISECONDS) return;
      toldAt = now;
      const waited = `${String(Math.round((now - began) / 1000))} of ${String(seconds)} s`;
      say(`Waiting for the database (${waited}). ${explainStartFailure(error)}`);
    },
  };
}
