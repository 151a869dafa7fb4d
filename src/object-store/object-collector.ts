import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Housekeeping, stepOf } from '../housekeeping/housekeeping';
import { ObjectStoreRepository } from './object-store.repository';

export const COLLECTOR_JOB = 'objects';

const OBJECTS_A_STEP = 64;
/** About a second's work for PostgreSQL. */
const BYTES_A_STEP = 256 * 2 ** 20;

/** Deletes objects that no message needs any more, a bounded number a step. */
@Injectable()
export class ObjectCollector implements OnModuleInit {
  constructor(
    private readonly housekeeping: Housekeeping,
    private readonly objects: ObjectStoreRepository,
  ) {}

  onModuleInit(): void {
    this.housekeeping.add({
      name: COLLECTOR_JOB,
      everyMilliseconds: 1_000,
      // what goes may leave garbage of its own: the last step finds nothing
      run: async (tx) =>
        stepOf(await this.objects.collectGarbage(tx, OBJECTS_A_STEP, BYTES_A_STEP), 1),
    });
  }
}
