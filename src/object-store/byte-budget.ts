import { type WaitingLimits, WaitingLine } from '../waiting/waiting-line';

/** Lets work wait until its bytes fit beside those of the others. Something larger than all goes alone. */
export class ByteBudget {
  private used = 0;
  private readonly waiting: WaitingLine<number>;

  constructor(
    private readonly most: number,
    limits: WaitingLimits,
  ) {
    this.waiting = new WaitingLine(limits);
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  /** True: work of so many bytes would not wait. */
  hasRoomFor(bytes: number): boolean {
    return this.waiting.length === 0 && this.fits(bytes);
  }

  /**
   * Resolves, in order of asking, once `bytes` fit; call the result when they are free again, once or more. Throws
   * TurnRefused.
   * @param gone fires when nobody waits for it any more
   */
  async take(bytes: number, gone?: AbortSignal): Promise<() => void> {
    if (this.hasRoomFor(bytes)) this.used += bytes;
    else await this.wait(bytes, gone);
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      this.used -= bytes;
      this.startWaiting();
    };
  }

  private async wait(bytes: number, gone: AbortSignal | undefined): Promise<void> {
    try {
      await this.waiting.wait(bytes, gone);
    } catch (refused) {
      this.startWaiting(); // what is behind it may be smaller
      throw refused;
    }
  }

  private fits(bytes: number): boolean {
    return this.used === 0 || this.used + bytes <= this.most;
  }

  private startWaiting(): void {
    for (let next = this.waiting.first; next !== undefined; next = this.waiting.first) {
      if (!this.fits(next)) return;
      this.used += next;
      this.waiting.callFirst();
    }
  }
}
