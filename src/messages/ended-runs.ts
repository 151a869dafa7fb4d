import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { Transaction } from '../database/database';
import { Housekeeping, type Step } from '../housekeeping/housekeeping';
import { rowsOf, type RowsRow } from '../housekeeping/rows';
import { ObjectStoreService } from '../object-store/object-store.service';
import { RunTrafficService } from '../runs/run-traffic.service';
import { toInt8 } from '../wire/ids';
import {
  DROP_MESSAGES_OF_RUNS,
  FIND_ENDED_RUNS,
  MARK_CLEANED,
  type RunIdRow,
} from './ended-runs.sql';

const RUNS_A_STEP = 20;
/** Of each kind. */
const ROWS_A_STEP = 500;

/** Clears away what ended runs leave: messages, push sessions, links to objects, and traffic that is not added up. */
@Injectable()
export class EndedRuns implements OnModuleInit {
  constructor(
    private readonly housekeeping: Housekeeping,
    private readonly objects: ObjectStoreService,
    private readonly traffic: RunTrafficService,
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
      () => dropMessages(tx, runIds),
      () => this.objects.releaseRuns(tx, runIds, ROWS_A_STEP),
      () => this.traffic.addUp(tx, runIds, ROWS_A_STEP),
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

async function dropMessages(tx: Transaction, runIds: readonly bigint[]): Promise<number> {
  const values = [runIds.map(toInt8), ROWS_A_STEP];
  return rowsOf(await tx.query<RowsRow>(DROP_MESSAGES_OF_RUNS, values));
}
