/** Who goes first where not all can: what keeps somebody alive or ends something, what goes on, what begins. */
export const URGENCIES = ['first', 'usual', 'last'] as const;
export type Urgency = (typeof URGENCIES)[number];

export interface TurnLimits {
  /** One of this urgency waits while so many have their turn, of whatever urgency. */
  readonly most: Readonly<Record<Urgency, number>>;
  /** So many of each urgency may wait. */
  readonly mostWaiting: number;
  readonly patienceMilliseconds: number;
}

/** `full`: too many waited already; `late`: it was not its turn in time; `gone`: nobody waits for it any more. */
export type WhyRefused = 'full' | 'late' | 'gone';

/** It is not its turn, and will not be. */
export class TurnRefused extends Error {
  constructor(readonly why: WhyRefused) {
    super(`it was not its turn: ${why}`);
  }
}

interface Waiter {
  readonly begin: () => void;
}

/** Lets a bounded number work at once and a bounded number wait for a bounded time, the most urgent first. */
export class Turns {
  private taken = 0;
  /** In order of asking. */
  private readonly waiting: Readonly<Record<Urgency, Set<Waiter>>> = {
    first: new Set(),
    usual: new Set(),
    last: new Set(),
  };

  constructor(private readonly limits: TurnLimits) {}

  /** How many have their turn. */
  get working(): number {
    return this.taken;
  }

  waitingOf(urgency: Urgency): number {
    return this.waiting[urgency].size;
  }

  /**
   * Resolves when it is one's turn; call the result at its end, once or more. Throws TurnRefused.
   * @param gone fires when nobody waits for it any more
   */
  async take(urgency: Urgency, gone?: AbortSignal): Promise<() => void> {
    if (this.isFree(urgency)) this.taken += 1;
    else await this.wait(urgency, gone);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.taken -= 1;
      this.callNext();
    };
  }

  private async wait(urgency: Urgency, gone: AbortSignal | undefined): Promise<void> {
    const queue = this.waiting[urgency];
    if (gone?.aborted === true) throw new TurnRefused('gone');
    if (queue.size >= this.limits.mostWaiting) throw new TurnRefused('full');
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        queue.delete(waiter);
        clearTimeout(timer);
        gone?.removeEventListener('abort', onGone);
      };
      const refuse = (why: WhyRefused): void => {
        leave();
        reject(new TurnRefused(why));
      };
      const onGone = (): void => {
        refuse('gone');
      };
      const waiter: Waiter = {
        begin: () => {
          leave();
          resolve();
        },
      };
      const timer = setTimeout(() => {
        refuse('late');
      }, this.limits.patienceMilliseconds);
      gone?.addEventListener('abort', onGone);
      queue.add(waiter);
    });
  }

  private callNext(): void {
    for (const urgency of URGENCIES) {
      for (const waiter of this.waiting[urgency]) {
        if (!this.isFree(urgency)) break;
        this.taken += 1;
        waiter.begin();
      }
    }
  }

  private isFree(urgency: Urgency): boolean {
    return this.taken < this.limits.most[urgency];
  }
}
