import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import { isoText } from '../wire/times';
import { Database } from './database';
import { sql, type Statement } from './sql';

const READ_CLOCK: Statement = {
  name: 'read-clock',
  urgency: 'first',
  text: sql`select extract(epoch from clock_timestamp())::double precision as seconds`,
};
const READ_NOW: Statement = {
  name: 'read-now',
  text: sql`select now() as now`,
};
const EVERY_MILLISECONDS = 30_000;
/** An answer that took longer may have been read late: the time between is no measure. */
const LONGEST_ROUND_TRIP_SECONDS = 1;

/**
 * The database's clock, for checks that need the time before any statement runs (signature windows). A replica
 * whose own clock is off must not turn SuperNodes away: they end at UNAUTHENTICATED.
 */
@Injectable()
export class DatabaseClock implements OnApplicationBootstrap, OnApplicationShutdown {
  private offsetSeconds = 0;
  private timer: NodeJS.Timeout | undefined;
  private measuring: Promise<boolean> | undefined;

  constructor(private readonly database: Database) {}

  /** Seconds since the epoch by the database's clock, as last measured. */
  seconds(): number {
    return this.at(performance.now());
  }

  /** The same for a moment that `performance.now()` told. */
  at(ownMilliseconds: number): number {
    return monotonicSeconds(ownMilliseconds) + this.offsetSeconds;
  }

  /**
   * The same as measured just now, for who would be turned away: a machine that was paused is behind until the next time.
   * Throws UNAVAILABLE if the database gives no answer, or a late one.
   */
  async measuredSeconds(): Promise<number> {
    this.measuring ??= this.measure().finally(() => (this.measuring = undefined));
    if (!(await this.measuring)) throw new SuperLinkError('UNAVAILABLE');
    return this.seconds();
  }

  /** Asks the clock, for answers that tell the time (ISO 8601, UTC) beside times of rows read before. */
  async now(): Promise<string> {
    const [row] = await this.database.query<{ now: string }>(READ_NOW);
    return isoText(row?.now ?? null);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.measureIfPossible();
    this.timer = setInterval(() => void this.measureIfPossible(), EVERY_MILLISECONDS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Unreachable now: the last offset stays good; before the first one nobody is turned away without a measure. */
  private async measureIfPossible(): Promise<void> {
    await this.measure().catch(() => undefined);
  }

  /** False: it took too long to tell the time, which stays as it was. */
  private async measure(): Promise<boolean> {
    const before = monotonicSeconds(performance.now());
    const [row] = await this.database.query<{ seconds: number }>(READ_CLOCK);
    const after = monotonicSeconds(performance.now());
    if (row === undefined || after - before > LONGEST_ROUND_TRIP_SECONDS) return false;
    this.offsetSeconds = row.seconds - (before + after) / 2;
    return true;
  }
}

/** Unlike Date.now this does not jump when the machine's clock is set. */
function monotonicSeconds(ownMilliseconds: number): number {
  return (performance.timeOrigin + ownMilliseconds) / 1000;
}
