/** `full`: too many waited already; `late`: it was not its turn in time; `gone`: nobody waits for it any more. */
export type WhyRefused = 'full' | 'late' | 'gone';

/** It is not its turn, and will not be. */
export class TurnRefused extends Error {
  constructor(readonly why: WhyRefused) {
    super(`it was not its turn: ${why}`);
  }
}

export interface WaitingLimits {
  readonly mostWaiting: number;
  readonly patienceMilliseconds: number;
}

interface Waiter<Asked> {
  readonly asked: Asked;
  readonly begin: () => void;
}

/** Those who wait for something, in order of asking: a bounded number, for a bounded time. */
export class WaitingLine<Asked> {
  private readonly waiters = new Set<Waiter<Asked>>();

  constructor(private readonly limits: WaitingLimits) {}

  get length(): number {
    return this.waiters.size;
  }

  /** What the first one waits for. */
  get first(): Asked | undefined {
    const [waiter] = this.waiters;
    return waiter?.asked;
  }

  /**
   * Resolves when `callFirst` calls this one. Throws TurnRefused.
   * @param gone fires when nobody waits for it any more
   */
  async wait(asked: Asked, gone: AbortSignal | undefined): Promise<void> {
    if (gone?.aborted === true) throw new TurnRefused('gone');
    if (this.waiters.size >= this.limits.mostWaiting) throw new TurnRefused('full');
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.waiters.delete(waiter);
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
      const waiter: Waiter<Asked> = {
        asked,
        begin: () => {
          leave();
          resolve();
        },
      };
      const timer = setTimeout(() => {
        refuse('late');
      }, this.limits.patienceMilliseconds);
      gone?.addEventListener('abort', onGone);
      this.waiters.add(waiter);
    });
  }

  /** Ends the waiting of the first one. */
  callFirst(): void {
    const [waiter] = this.waiters;
    waiter?.begin();
  }
}
