import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { Transaction } from '../database/database';
import { Housekeeping, type Step } from '../housekeeping/housekeeping';
import { ObjectStoreService } from '../object-store/object-store.service';
import { toInt8 } from '../wire/ids';
import {
  DROP_MESSAGES_OF_RUNS,
  FIND_ENDED_RUNS,
  FOLD_TRAFFIC,
  MARK_CLEANED,
  type RowsRow,
  type RunIdRow,
} from './ended-runs.sql';

const RUNS_A_STEP = 20;
/** Of each kind. */
const ROWS_A_STEP = 500;

/** Clears away what ended runs leave: messages, push sessions, links to objects, and traffic that was counted by node. */
@Injectable()
export class EndedRuns implements OnModuleInit {
  constructor(
    private readonly housekeeping: Housekeeping,
    private readonly objects: ObjectStoreService,
  ) {}

  onModuleInit(): void {
    this.housekeeping.add({
      name: 'ended runs',
      everyMilliseconds: 1_000,
      run: (tx) => this.cleanUp(tx),
    });
  }

  /** A large run takes several steps, each of which finds it again: it is clean when a step was not full. */
  private async cleanUp(tx: Transaction): Promise<Step> {
    const ended = await tx.query<RunIdRow>(FIND_ENDED_RUNS, [RUNS_A_STEP]);
    const runIds = ended.map((row) => row.run_id);
    if (runIds.length === 0) return { rows: 0, hasMore: false };
    const parts = [
      () => drop(tx, DROP_MESSAGES_OF_RUNS, runIds),
      () => this.objects.releaseRuns(tx, runIds, ROWS_A_STEP),
      () => drop(tx, FOLD_TRAFFIC, runIds),
    ];
    let rows = 0;
    for (const part of parts) {
      const gone = await part();
      rows += gone;
      if (gone >= ROWS_A_STEP) return { rows, hasMore: true };
    }
    await tx.query(MARK_CLEANED, [runIds.map(toInt8)]);
    return { rows, hasMore: runIds.length === RUNS_A_STEP };
  }
}

async function drop(
  tx: Transaction,
  statement: typeof FOLD_TRAFFIC,
  runIds: readonly bigint[],
): Promise<number> {
  const [row] = await tx.query<RowsRow>(statement, [runIds.map(toInt8), ROWS_A_STEP]);
  return row?.rows ?? 0;
}
