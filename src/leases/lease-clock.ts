import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

import { Database, type Transaction } from '../database/database';
import { Housekeeping, type Step } from '../housekeeping/housekeeping';
import { LOGGER, type Logger } from '../logging/logger';
import {
  BEAT,
  type BeatRow,
  LOCK_STANDING_CLOCK,
  type StandstillRow,
  START_AGAIN,
} from './lease-clock.sql';

/** Prolongs all leases of a kind that hold by `LEASE_NOW`, as `leaseAfterStandstill` says; resolves with their number. */
export type Renewal = (tx: Transaction) => Promise<number>;

/** Beats the clock that leases are judged by. Once it has stood still, leases are prolonged before it goes on. */
@Injectable()
export class LeaseClock implements OnModuleInit {
  private readonly renewals: Renewal[] = [];

  constructor(
    private readonly database: Database,
    private readonly housekeeping: Housekeeping,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** To be called while modules start (onModuleInit). */
  renewWith(renewal: Renewal): void {
    this.renewals.push(renewal);
  }

  onModuleInit(): void {
    this.housekeeping.add({
      name: 'lease clock',
      everyMilliseconds: 2_000,
      isDue: async () => !(await this.beat()),
      run: (tx) => this.startAgain(tx),
    });
  }

  /** False: it stands. A statement by itself, for one replica that hangs amid a transaction would stop it for all. */
  private async beat(): Promise<boolean> {
    const [clock] = await this.database.query<BeatRow>(BEAT);
    return clock?.is_going === true;
  }

  private async startAgain(tx: Transaction): Promise<Step> {
    const [standstill] = await tx.query<StandstillRow>(LOCK_STANDING_CLOCK);
    if (standstill === undefined) return { rows: 0, hasMore: false };
    let leases = 0;
    for (const renew of this.renewals) leases += await renew(tx);
    await tx.query(START_AGAIN);
    const { seconds } = standstill;
    this.logger.warn({ seconds, leases }, 'leases could not be prolonged for long: begun anew');
    return { rows: leases, hasMore: false };
  }
}
