import { setTimeout as pause } from 'node:timers/promises';

import { errorCode, isTransient } from './database-errors';

const FIRST_PAUSE_SECONDS = 0.2;
const LONGEST_PAUSE_SECONDS = 1;

/** A pooler's code for nearly everything. */
const PROTOCOL_VIOLATION = '08P01';
/** What of it no time mends. */
const PERMANENT = /unsupported startup parameter|no such (database|user)|auth(entication)? failed/i;

/** How long a start may wait for the database. */
export interface Patience {
  /** 0: not at all. */
  readonly seconds: number;
  /** Ends the waiting; what waits then rejects with its reason. */
  readonly stopped: AbortSignal;
  /** Told of each attempt that failed and will be repeated. */
  readonly onWait: (error: unknown) => void;
}

/**
 * Runs `attempt` again while the database cannot serve yet: it is not there, starts up, has no free connection or takes
 * no writes. Throws the last error when the time is over, and at once what waiting cannot mend, such as a wrong password.
 * @param attempt must be safe to run twice, and to be left alone halfway
 */
export async function waitForDatabase<Result>(
  { seconds, stopped, onWait }: Patience,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const end = performance.now() + seconds * 1000;
  for (
    let pauseSeconds = FIRST_PAUSE_SECONDS;
    ;
    pauseSeconds = Math.min(pauseSeconds * 2, LONGEST_PAUSE_SECONDS)
  ) {
    stopped.throwIfAborted();
    try {
      return await unlessStopped(stopped, attempt());
    } catch (error) {
      stopped.throwIfAborted();
      const isOver = performance.now() + pauseSeconds * 1000 > end;
      if (isOver || !isMendedByTime(error)) throw error;
      onWait(error);
    }
    await unlessStopped(stopped, pause(pauseSeconds * 1000));
  }
}

function isMendedByTime(error: unknown): boolean {
  const isFinal =
    errorCode(error) === PROTOCOL_VIOLATION &&
    error instanceof Error &&
    PERMANENT.test(error.message);
  return isTransient(error) && !isFinal;
}

/** An attempt to connect takes its seconds, which nobody who stops should wait for. */
async function unlessStopped<Result>(stopped: AbortSignal, work: Promise<Result>): Promise<Result> {
  const ended = new AbortController();
  const stop = new Promise<never>((_, reject) => {
    const onAbort = (): void => {
      reject(stopped.reason as Error);
    };
    stopped.addEventListener('abort', onAbort, { signal: ended.signal });
  });
  try {
    return await Promise.race([work, stop]);
  } finally {
    ended.abort();
  }
}
