import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

import { Silence } from './silence';

/** What the watchdog's thread is told. */
export interface WatchdogOrder {
  /** One number, which grows with each tick of the main thread. */
  readonly turns: Int32Array;
  readonly tickMilliseconds: number;
  /** So many ticks of this thread without one of the main thread are too many. */
  readonly mostLooks: number;
  readonly lastWords: string;
}

const STANDARD_ERROR = 2;

/** The thread that looks whether the main thread still turns. It has an event loop of its own. */
function watch({ turns, tickMilliseconds, mostLooks, lastWords }: WatchdogOrder): void {
  const silence = new Silence(mostLooks);
  setInterval(() => {
    if (silence.isTooLong(Atomics.load(turns, 0))) endProcess(lastWords);
  }, tickMilliseconds);
}

/** At once: nothing that waits for the main thread would ever be done. */
function endProcess(lastWords: string): void {
  try {
    writeSync(STANDARD_ERROR, lastWords); // process.stderr of a thread is written by the main one
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}

watch(workerData as WatchdogOrder);
