import { setTimeout as pause } from 'node:timers/promises';

const FIRST_SECONDS = 0.5;
const LONGEST_SECONDS = 30;
/** One that lived this long has started well: the next loss is a new one. */
const WELL_SECONDS = 60;

/** How long to wait before a lost process is started again: doubled for each that did not live long. */
export class Backoff {
  private seconds = FIRST_SECONDS;
  private startedAt = performance.now();

  /** To be called when the process was started. */
  started(): void {
    this.startedAt = performance.now();
  }

  /** To be called once when it was lost; seconds until the next start. */
  lost(): number {
    if (performance.now() - this.startedAt > WELL_SECONDS * 1_000) this.seconds = FIRST_SECONDS;
    const seconds = this.seconds;
    this.seconds = Math.min(seconds * 2, LONGEST_SECONDS);
    return seconds;
  }
}

/** Waits; false if `signal` ended the wait. */
export async function waited(seconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(seconds * 1_000, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
