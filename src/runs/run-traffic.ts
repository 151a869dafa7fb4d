import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { Transaction } from '../database/database';
import { Housekeeping, type Step, stepOf } from '../housekeeping/housekeeping';
import { ADD_TRAFFIC_UP, type RowsRow } from './run-traffic.sql';

const EVERY_MILLISECONDS = 10_000;
const ENTRIES_A_STEP = 1_000;

/** Adds up what the calls of runs entered as their traffic. Sums that are shown count what was not added up yet, too. */
@Injectable()
export class RunTraffic implements OnModuleInit {
  constructor(private readonly housekeeping: Housekeeping) {}

  onModuleInit(): void {
    this.housekeeping.add({
      name: 'run traffic',
      everyMilliseconds: EVERY_MILLISECONDS,
      run: (tx) => this.addUp(tx),
    });
  }

  private async addUp(tx: Transaction): Promise<Step> {
    const [row] = await tx.query<RowsRow>(ADD_TRAFFIC_UP, [ENTRIES_A_STEP]);
    return stepOf(row?.rows ?? 0, ENTRIES_A_STEP);
  }
}
