import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

import { CONFIG, type Config } from '../config/config';
import type { Transaction } from '../database/database';
import { Housekeeping, type Step, stepOf } from '../housekeeping/housekeeping';
import { rowsOf, type RowsRow } from '../housekeeping/rows';
import { toInt8 } from '../wire/ids';
import {
  DROP_OLD_EVENTS,
  DROP_OLD_LOGS,
  DROP_OLD_USAGE,
  FIND_RUNS_WITH_OLD_RECORDS,
  FORGET_TOKENS,
  MARK_RECORDS_DROPPED,
  type RunIdRow,
} from './task-retention.sql';

const EVERY_MILLISECONDS = 60_000;
const RUNS_A_STEP = 20;
/** Of each kind. */
const RECORDS_A_STEP = 500;
const TOKENS_A_STEP = 500;

/** Drops what ended tasks have left, when its time is over: tokens, logs, events, usage. The tasks stay. */
@Injectable()
export class TaskRetention implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly housekeeping: Housekeeping,
  ) {}

  onModuleInit(): void {
    this.housekeeping.add({
      name: 'task tokens',
      everyMilliseconds: EVERY_MILLISECONDS,
      run: async (tx) => {
        const forgotten = await tx.query(FORGET_TOKENS, [TOKENS_A_STEP]);
        return stepOf(forgotten.length, TOKENS_A_STEP);
      },
    });
    const days = this.config.retention.logDays;
    if (days === 0) return;
    this.housekeeping.add({
      name: 'old records',
      everyMilliseconds: EVERY_MILLISECONDS,
      run: (tx) => dropOldRecords(tx, days),
    });
  }
}

/** A run with many records takes several steps, each of which finds it again. */
async function dropOldRecords(tx: Transaction, days: number): Promise<Step> {
  const found = await tx.query<RunIdRow>(FIND_RUNS_WITH_OLD_RECORDS, [days, RUNS_A_STEP]);
  if (found.length === 0) return { rows: 0, hasMore: false };
  const runIds = found.map((row) => toInt8(row.run_id));
  let rows = 0;
  for (const statement of [DROP_OLD_LOGS, DROP_OLD_EVENTS, DROP_OLD_USAGE]) {
    const dropped = rowsOf(await tx.query<RowsRow>(statement, [runIds, RECORDS_A_STEP]));
    rows += dropped;
    if (dropped >= RECORDS_A_STEP) return { rows, hasMore: true };
  }
  await tx.query(MARK_RECORDS_DROPPED, [runIds]);
  return { rows, hasMore: found.length === RUNS_A_STEP };
}
