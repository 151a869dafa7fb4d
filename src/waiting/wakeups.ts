import { Injectable } from '@nestjs/common';

import { kindOf, PollCounts } from './poll-counts';

/** What a held call waits for; also the payload of the notification that ends the wait. */
export type Topic =
  `node:${string}` | `replies:${string}` | `log:${string}` | `events:${string}` | 'tasks';

/**
 * Held calls of this replica. A wait costs a timer and a map entry: no transaction, no connection. Losing it with
 * the replica loses nothing, the client asks again.
 */
@Injectable()
export class Wakeups {
  /** How the calls that were held ended. */
  readonly polls = new PollCounts();
  private readonly waiting = new Map<Topic, Set<(wasWoken: boolean) => void>>();
  private closed = false;

  /**
   * Resolves when `topic` is woken (true), or after `milliseconds`, when the client has gone or when the replica
   * drains (false). May be woken without cause: the caller looks again.
   */
  wait(topic: Topic, milliseconds: number, gone: AbortSignal): Promise<boolean> {
    if (this.closed || gone.aborted || milliseconds <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiters = this.waiting.get(topic) ?? new Set();
      this.waiting.set(topic, waiters);
      const end = (wasWoken: boolean): void => {
        clearTimeout(timer);
        gone.removeEventListener('abort', over);
        waiters.delete(end);
        if (waiters.size === 0 && this.waiting.get(topic) === waiters) this.waiting.delete(topic);
        resolve(wasWoken);
      };
      const over = (): void => {
        end(false);
      };
      const timer = setTimeout(over, milliseconds);
      gone.addEventListener('abort', over);
      waiters.add(end);
    });
  }

  wake(topic: Topic): void {
    for (const end of [...(this.waiting.get(topic) ?? [])]) end(!this.closed);
  }

  /** After a gap in the notifications nobody knows what was missed: everybody looks again. */
  wakeAll(): void {
    for (const topic of [...this.waiting.keys()]) this.wake(topic);
  }

  /** From now on nothing is held: every wait ends at once, so that a draining replica answers. */
  close(): void {
    this.closed = true;
    this.wakeAll();
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Topics somebody waits for, for the slow poll behind the notifications. */
  topics(): Topic[] {
    return [...this.waiting.keys()];
  }

  /** How many calls are held. */
  count(): number {
    let held = 0;
    for (const waiters of this.waiting.values()) held += waiters.size;
    return held;
  }

  /** The same by the kind of topic: `node`, `replies` and so on. */
  countByKind(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [topic, waiters] of this.waiting) {
      const kind = kindOf(topic);
      counts.set(kind, (counts.get(kind) ?? 0) + waiters.size);
    }
    return counts;
  }
}
