import { untilEndsAreSeen } from '../rpc/ends-of-connections';
import type { Topic, Wakeups } from './wakeups';

/** Who is held. */
export interface WaitingClient {
  /** Fires when it has gone. */
  readonly gone: AbortSignal;
  /** The longest time that it waits for an answer, in seconds, with some room. */
  readonly patienceSeconds: number;
  /** Told when its call begins to wait, each time: nothing is done for it then. */
  readonly onHeld: () => void;
}

export interface Hold<Result> {
  readonly topic: Topic;
  /** How long the call may be held, in seconds; 0 answers at once. */
  readonly seconds: number;
  /**
   * The longest time between two looks, in milliseconds, since a notification may be lost. Absent: only who wakes
   * the topic makes it look, and at the end of its time it does not look again.
   */
  readonly lookEveryMilliseconds?: number;
  readonly client: WaitingClient;
  /** Looks once; `isLast` tells it to give what there is. `undefined` means: nothing yet, hold on. */
  readonly look: (isLast: boolean) => Promise<Result | undefined>;
}

/** Holds a call until `look` finds something, its time is over, the client has gone or the replica drains. */
export async function hold<Result>(
  wakeups: Wakeups,
  held: Hold<Result>,
): Promise<Result | undefined> {
  const result = await holdUntilFound(wakeups, held);
  const isEmpty = result === undefined || (Array.isArray(result) && result.length === 0);
  wakeups.polls.note(held.topic, isEmpty);
  return result;
}

async function holdUntilFound<Result>(
  wakeups: Wakeups,
  held: Hold<Result>,
): Promise<Result | undefined> {
  const { gone, patienceSeconds } = held.client;
  const end = performance.now() + Math.min(held.seconds, patienceSeconds) * 1000;
  const longest = held.lookEveryMilliseconds ?? Number.POSITIVE_INFINITY;
  for (;;) {
    const left = end - performance.now();
    const isLast = left <= 0 || wakeups.isClosed;
    const found = new AbortController();
    // waiting begins before the look: what happens during the look wakes it too
    const woken = wakeups.wait(
      held.topic,
      Math.min(left, longest),
      AbortSignal.any([gone, found.signal]),
    );
    try {
      const result = await held.look(isLast);
      if (result !== undefined || isLast) return result;
      held.client.onHeld();
      const wasWoken = await woken;
      await untilEndsAreSeen(); // a replica that was stopped learns of news and of lost clients at the same time
      if (gone.aborted) return undefined; // never hand anything to nobody
      if (!wasWoken && held.lookEveryMilliseconds === undefined) return undefined;
    } finally {
      found.abort('found'); // a reason of its own: the usual one is an error with a stack
    }
  }
}
