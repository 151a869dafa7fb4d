import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's package libfaketime, on the machines that it is for. */
const LIBRARIES = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`,
);

/** The clock of a program that is started with its environment; right at first. */
export class FakeClock {
  private constructor(
    private readonly library: string,
    private readonly file: string,
  ) {
    this.set('+0');
  }

  /** With its file in the directory; undefined where libfaketime is not installed. */
  static in(directory: string): FakeClock | undefined {
    const library = LIBRARIES.find((path) => existsSync(path));
    return library === undefined ? undefined : new FakeClock(library, join(directory, 'faketime'));
  }

  get environment(): Record<string, string> {
    return {
      ...{ LD_PRELOAD: this.library, FAKETIME_TIMESTAMP_FILE: this.file },
      ...{ FAKETIME_CACHE_DURATION: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' },
    };
  }

  /** Seconds by which it is wrong from now on, with their sign; programs see it within a second. */
  set(skew: string): void {
    writeFileSync(this.file, `${skew}\n`);
  }
}
