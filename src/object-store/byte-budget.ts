/** Lets work wait until its bytes fit beside those of the others. Something larger than all goes alone. */
export class ByteBudget {
  private used = 0;
  private readonly waiting: { readonly bytes: number; readonly start: () => void }[] = [];

  constructor(private readonly most: number) {}

  /** Resolves, in order of asking, once `bytes` fit; call the result when they are free again. */
  async take(bytes: number): Promise<() => void> {
    if (this.waiting.length > 0 || !this.fits(bytes)) {
      await new Promise<void>((start) => this.waiting.push({ bytes, start }));
    } else {
      this.used += bytes;
    }
    return () => {
      this.used -= bytes;
      this.startWaiting();
    };
  }

  private fits(bytes: number): boolean {
    return this.used === 0 || this.used + bytes <= this.most;
  }

  private startWaiting(): void {
    for (let next = this.waiting[0]; next !== undefined && this.fits(next.bytes);) {
      this.waiting.shift();
      this.used += next.bytes;
      next.start();
      next = this.waiting[0];
    }
  }
}
