import { Injectable, type OnModuleInit } from '@nestjs/common';

import type { Transaction } from '../database/database';
import { Housekeeping, type Step } from '../housekeeping/housekeeping';
import { ObjectStoreRepository } from './object-store.repository';

export const COLLECTOR_JOB = 'objects';

const OBJECTS_A_STEP = 64;
/** About a second's work for PostgreSQL. */
const BYTES_A_STEP = 256 * 2 ** 20;
const EVER = '-infinity';
const LOOK_THROUGH_MILLISECONDS = 30_000;

/** Deletes objects that no message needs any more, a bounded number a step. */
@Injectable()
export class ObjectCollector implements OnModuleInit {
  /** All that was queued before is done with, as far as this replica knows: it looks through all again every 30 s. */
  private since = EVER;
  private lookedThroughAt = -Infinity;

  constructor(
    private readonly housekeeping: Housekeeping,
    private readonly objects: ObjectStoreRepository,
  ) {}

  onModuleInit(): void {
    this.housekeeping.add({
      name: COLLECTOR_JOB,
      // what goes may leave garbage of its own, which waits for the next turn: steps for a few cost more than they free
      everyMilliseconds: 1_000,
      run: (tx) => this.step(tx),
    });
  }

  private async step(tx: Transaction): Promise<Step> {
    if (performance.now() > this.lookedThroughAt + LOOK_THROUGH_MILLISECONDS) {
      this.since = EVER;
      this.lookedThroughAt = performance.now();
    }
    const taken = await this.objects.collectGarbage(tx, this.since, OBJECTS_A_STEP, BYTES_A_STEP);
    if (!taken.has_more) this.since = taken.next_since;
    return { rows: taken.object_ids.length, hasMore: taken.has_more };
  }
}
