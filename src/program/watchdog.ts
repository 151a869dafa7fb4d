import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import type { WatchdogOrder } from './watchdog-worker';

/** Between two ticks, unless the time is shorter than a few of them. */
const LONGEST_TICK_MILLISECONDS = 1_000;
const FEWEST_TICKS = 4;

/**
 * From now on this process is ended when its event loop has not turned for so long: a replica that hangs keeps its
 * connections open, and clients without deadlines would wait on them for ever. Whoever keeps the replica (the
 * supervisor, systemd, Kubernetes) starts it again.
 *
 * @param seconds 0: never
 * @param name stands before the line that says so
 */
export function startWatchdog(seconds: number, name: string): void {
  if (seconds === 0) return;
  const tickMilliseconds = Math.min(LONGEST_TICK_MILLISECONDS, (seconds * 1_000) / FEWEST_TICKS);
  const turns = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const order: WatchdogOrder = {
    turns,
    tickMilliseconds,
    mostLooks: Math.ceil((seconds * 1_000) / tickMilliseconds),
    lastWords: `${name}: the event loop has not turned for ${String(seconds)} s. Ending the process.\n`,
  };
  const worker = new Worker(join(__dirname, 'watchdog-worker.js'), {
    workerData: order,
    // what NODE_OPTIONS preloads is for the main thread
    env: {},
    execArgv: [],
  });
  worker.unref();
  setInterval(() => Atomics.add(turns, 0, 1), tickMilliseconds).unref();
}
