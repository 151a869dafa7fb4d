/**
 * Says when a counter has stood still for too long. Time is counted in looks and not read from a clock: who looks is
 * stopped together with who counts (SIGSTOP, a machine that sleeps), and then nobody has been silent.
 */
export class Silence {
  private last: number | undefined;
  private looks = 0;

  /** @param mostLooks so many looks in a row at the same number are too many */
  constructor(private readonly mostLooks: number) {}

  /** True: it has been silent for too long. */
  isTooLong(count: number): boolean {
    this.looks = count === this.last ? this.looks + 1 : 0;
    this.last = count;
    return this.looks >= this.mostLooks;
  }
}
