import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { Transaction } from '../database/database';
import { Housekeeping, type Step, stepOf } from '../housekeeping/housekeeping';
import { LeaseClock } from '../leases/lease-clock';
import { ObjectStoreService } from '../object-store/object-store.service';
import { DROP_EXPIRED_MESSAGES, DROP_UNFINISHED_MESSAGES, type RootRow } from './message-life.sql';

const SESSIONS_A_STEP = 100;
const ROWS_A_STEP = 500;

/** Drops messages of running runs that are of no more use and has their objects collected. */
@Injectable()
export class MessageHousekeeping implements OnModuleInit {
  constructor(
    private readonly housekeeping: Housekeeping,
    private readonly leases: LeaseClock,
    private readonly objects: ObjectStoreService,
  ) {}

  onModuleInit(): void {
    this.leases.renewWith((tx) => this.objects.renewSessions(tx));
    this.housekeeping.add({
      name: 'push sessions',
      everyMilliseconds: 5_000,
      run: (tx) => this.endExpiredSessions(tx),
    });
    this.housekeeping.add({
      name: 'expired messages',
      everyMilliseconds: 30_000,
      run: (tx) => this.dropExpired(tx),
    });
  }

  private async endExpiredSessions(tx: Transaction): Promise<Step> {
    const expired = await this.objects.findExpiredSessions(tx, SESSIONS_A_STEP);
    const unfinished = expired.filter(({ isWhole }) => !isWhole).map(({ sessionId }) => sessionId);
    const messages = await this.dropMessages(tx, DROP_UNFINISHED_MESSAGES, [unfinished]);
    if (messages >= ROWS_A_STEP) return { rows: messages, hasMore: true };
    const sessionIds = expired.map(({ sessionId }) => sessionId);
    const rows = await this.objects.dropSessions(tx, sessionIds, ROWS_A_STEP);
    const hasMore = rows >= ROWS_A_STEP || expired.length === SESSIONS_A_STEP;
    return { rows: messages + rows, hasMore };
  }

  private async dropExpired(tx: Transaction): Promise<Step> {
    return stepOf(await this.dropMessages(tx, DROP_EXPIRED_MESSAGES, []), ROWS_A_STEP);
  }

  private async dropMessages(
    tx: Transaction,
    statement: typeof DROP_EXPIRED_MESSAGES,
    values: readonly unknown[],
  ): Promise<number> {
    const dropped = await tx.query<RootRow>(statement, [...values, ROWS_A_STEP]);
    const roots = dropped.map((row) => row.message_id);
    await this.objects.abandon(tx, roots);
    return roots.length;
  }
}
