import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Housekeeping } from '../housekeeping/housekeeping';
import { ObjectStoreRepository } from './object-store.repository';

const OBJECTS_A_STEP = 64;

/** Deletes objects that no message needs any more, a bounded number a step. */
@Injectable()
export class ObjectCollector implements OnModuleInit {
  constructor(
    private readonly housekeeping: Housekeeping,
    private readonly objects: ObjectStoreRepository,
  ) {}

  onModuleInit(): void {
    this.housekeeping.add({
      name: 'objects',
      everyMilliseconds: 1_000,
      run: async (tx) => (await this.objects.collectGarbage(tx, OBJECTS_A_STEP)) > 0,
    });
  }
}
