import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { Transaction } from '../database/database';
import { Housekeeping } from '../housekeeping/housekeeping';
import { rowsOf, type RowsRow } from '../housekeeping/rows';
import { toInt8 } from '../wire/ids';
import { ADD_TRAFFIC_OF_RUNS_UP, ADD_TRAFFIC_UP, type StepRow } from './run-traffic.sql';

const EVERY_MILLISECONDS = 10_000;
const ENTRIES_A_STEP = 1_000;

/** Adds up what calls entered as their runs' traffic. Sums that are shown count what was not added up yet, too. */
@Injectable()
export class RunTrafficService implements OnModuleInit {
  constructor(private readonly housekeeping: Housekeeping) {}

  onModuleInit(): void {
    this.housekeeping.add({
      name: 'run traffic',
      everyMilliseconds: EVERY_MILLISECONDS,
      run: async (tx) => {
        const [row] = await tx.query<StepRow>(ADD_TRAFFIC_UP, [ENTRIES_A_STEP]);
        const { rows, seen } = row ?? { rows: 0, seen: 0 };
        return { rows, hasMore: rows > 0 && seen >= ENTRIES_A_STEP };
      },
    });
  }

  /** Up to `most` rows of each kind, of ended runs that are locked; how many of the kind that has more. Fewer: none is left. */
  async addUp(tx: Transaction, runIds: readonly bigint[], most: number): Promise<number> {
    return rowsOf(await tx.query<RowsRow>(ADD_TRAFFIC_OF_RUNS_UP, [runIds.map(toInt8), most]));
  }
}
