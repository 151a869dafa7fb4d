import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

import type { Transaction } from '../database/database';
import { Housekeeping, type Step } from '../housekeeping/housekeeping';
import { LOGGER, type Logger } from '../logging/logger';
import { BEAT, type StandstillRow, START_AGAIN } from './lease-clock.sql';

/** Gives all leases of a kind that hold by `LEASE_NOW` their full time from now on; resolves with their number. */
export type Renewal = (tx: Transaction) => Promise<number>;

/** Beats the clock that leases are judged by. Once it has stood still, leases begin anew before it goes on. */
@Injectable()
export class LeaseClock implements OnModuleInit {
  private readonly renewals: Renewal[] = [];

  constructor(
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
      run: (tx) => this.beat(tx),
    });
  }

  private async beat(tx: Transaction): Promise<Step> {
    const isGoing = (await tx.query(BEAT)).length === 1;
    return { rows: isGoing ? 0 : await this.startAgain(tx), hasMore: false };
  }

  private async startAgain(tx: Transaction): Promise<number> {
    let leases = 0;
    for (const renew of this.renewals) leases += await renew(tx);
    const [standstill] = await tx.query<StandstillRow>(START_AGAIN);
    const seconds = standstill?.seconds;
    this.logger.warn({ seconds, leases }, 'nobody could prolong leases meanwhile: renewed');
    return leases;
  }
}
