import type { Topic, Wakeups } from './wakeups';

export interface Hold<Result> {
  readonly topic: Topic;
  /** How long the call may be held, in seconds; 0 answers at once. */
  readonly seconds: number;
  /**
   * The longest time between two looks, in milliseconds, since a notification may be lost. Absent: only who wakes
   * the topic makes it look, and at the end of its time it does not look again.
   */
  readonly lookEveryMilliseconds?: number;
  readonly gone: AbortSignal;
  /** Looks once; `isLast` tells it to give what there is. `undefined` means: nothing yet, hold on. */
  readonly look: (isLast: boolean) => Promise<Result | undefined>;
}

/** Holds a call until `look` finds something, its time is over, the client has gone or the replica drains. */
export async function hold<Result>(
  wakeups: Wakeups,
  held: Hold<Result>,
): Promise<Result | undefined> {
  const end = performance.now() + held.seconds * 1000;
  const longest = held.lookEveryMilliseconds ?? Number.POSITIVE_INFINITY;
  for (;;) {
    const left = end - performance.now();
    const isLast = left <= 0 || wakeups.isClosed;
    const found = new AbortController();
    // waiting begins before the look: what happens during the look wakes it too
    const woken = wakeups.wait(
      held.topic,
      Math.min(left, longest),
      AbortSignal.any([held.gone, found.signal]),
    );
    try {
      const result = await held.look(isLast);
      if (result !== undefined || isLast) return result;
      const wasWoken = await woken;
      if (held.gone.aborted) return undefined; // never hand anything to nobody
      if (!wasWoken && held.lookEveryMilliseconds === undefined) return undefined;
    } finally {
      found.abort();
    }
  }
}
