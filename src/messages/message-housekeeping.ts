import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { Transaction } from '../database/database';
import { Housekeeping } from '../housekeeping/housekeeping';
import { ObjectStoreService } from '../object-store/object-store.service';
import { toInt8 } from '../wire/ids';
import {
  DROP_EXPIRED_MESSAGES,
  DROP_MESSAGES_OF_RUN,
  DROP_UNFINISHED_MESSAGES,
  FIND_ENDED_RUNS,
  type RootRow,
} from './message-life.sql';

const SESSIONS_A_STEP = 100;
const MESSAGES_A_STEP = 500;
const RUNS_A_STEP = 5;

/** Drops messages that are of no more use and has their objects collected. */
@Injectable()
export class MessageHousekeeping implements OnModuleInit {
  constructor(
    private readonly housekeeping: Housekeeping,
    private readonly objects: ObjectStoreService,
  ) {}

  onModuleInit(): void {
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
    this.housekeeping.add({
      name: 'ended runs',
      everyMilliseconds: 1_000,
      run: (tx) => this.cleanUpEndedRuns(tx),
    });
  }

  private async endExpiredSessions(tx: Transaction): Promise<boolean> {
    const expired = await this.objects.findExpiredSessions(tx, SESSIONS_A_STEP);
    if (expired.length === 0) return false;
    const unfinished = expired.filter(({ isWhole }) => !isWhole).map(({ sessionId }) => sessionId);
    const dropped = await tx.query<RootRow>(DROP_UNFINISHED_MESSAGES, [unfinished]);
    await this.objects.abandon(tx, rootsOf(dropped));
    const sessionIds = expired.map(({ sessionId }) => sessionId);
    await this.objects.dropSessions(tx, sessionIds);
    return expired.length === SESSIONS_A_STEP;
  }

  private async dropExpired(tx: Transaction): Promise<boolean> {
    const dropped = await tx.query<RootRow>(DROP_EXPIRED_MESSAGES, [MESSAGES_A_STEP]);
    await this.objects.abandon(tx, rootsOf(dropped));
    return dropped.length >= MESSAGES_A_STEP;
  }

  private async cleanUpEndedRuns(tx: Transaction): Promise<boolean> {
    const ended = await tx.query<{ run_id: bigint }>(FIND_ENDED_RUNS, [RUNS_A_STEP]);
    for (const { run_id: runId } of ended) {
      await tx.query(DROP_MESSAGES_OF_RUN, [toInt8(runId)]);
      await this.objects.releaseRun(tx, runId);
    }
    return ended.length === RUNS_A_STEP;
  }
}

function rootsOf(rows: readonly RootRow[]): string[] {
  return rows.map((row) => row.message_id);
}
