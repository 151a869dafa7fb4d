const MOST_BYTES = 128 * 1024 * 1024;

/** Counts the bytes of the requests that are being received or in work, which stay in memory as long. */
export class BodyBudget {
  private used = 0;

  constructor(private readonly most = MOST_BYTES) {}

  /** What gives the bytes back, once or more; undefined if they do not fit now. Something larger than all goes alone. */
  take(bytes: number): (() => void) | undefined {
    if (this.used > 0 && this.used + bytes > this.most) return undefined;
    this.used += bytes;
    let isOver = false;
    return () => {
      if (!isOver) this.used -= bytes;
      isOver = true;
    };
  }
}
