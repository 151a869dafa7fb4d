interface Waiter {
  readonly bytes: number;
  readonly start: () => void;
}

/** Lets work wait until its bytes fit beside those of the others. Something larger than all goes alone. */
export class ByteBudget {
  private used = 0;
  /** In order of asking. */
  private readonly waiting = new Set<Waiter>();

  constructor(private readonly most: number) {}

  get waitingCount(): number {
    return this.waiting.size;
  }

  /** True: work of so many bytes would not wait. */
  hasRoomFor(bytes: number): boolean {
    return this.waiting.size === 0 && this.fits(bytes);
  }

  /**
   * Resolves, in order of asking, once `bytes` fit; call the result when they are free again, once or more. Rejects with
   * the reason of `until`, which ends the waiting.
   */
  async take(bytes: number, until?: AbortSignal): Promise<() => void> {
    if (this.hasRoomFor(bytes)) this.used += bytes;
    else await this.wait(bytes, until);
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      this.used -= bytes;
      this.startWaiting();
    };
  }

  private async wait(bytes: number, until: AbortSignal | undefined): Promise<void> {
    until?.throwIfAborted();
    let onAbort: () => void = () => undefined;
    try {
      await new Promise<void>((start, refuse) => {
        const waiter = { bytes, start };
        this.waiting.add(waiter);
        onAbort = () => {
          if (!this.waiting.delete(waiter)) return; // it has started
          refuse(until?.reason as Error);
          this.startWaiting();
        };
        until?.addEventListener('abort', onAbort);
      });
    } finally {
      until?.removeEventListener('abort', onAbort); // else Node keeps a composed signal for ever
    }
  }

  private fits(bytes: number): boolean {
    return this.used === 0 || this.used + bytes <= this.most;
  }

  private startWaiting(): void {
    for (const next of this.waiting) {
      if (!this.fits(next.bytes)) return;
      this.waiting.delete(next);
      this.used += next.bytes;
      next.start();
    }
  }
}
