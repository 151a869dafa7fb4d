import { Module } from '@nestjs/common';

import { AnswerRoom } from './answer-room';
import { ObjectAccessService } from './object-access.service';
import { ObjectCollector } from './object-collector';
import { ObjectMetrics } from './object-metrics';
import { ObjectReader } from './object-reader';
import { ObjectStoreRepository } from './object-store.repository';
import { ObjectStoreService } from './object-store.service';

@Module({
  providers: [
    ObjectStoreRepository,
    AnswerRoom,
    ObjectReader,
    ObjectStoreService,
    ObjectAccessService,
    ObjectCollector,
    ObjectMetrics,
  ],
  exports: [ObjectStoreService, ObjectAccessService],
})
export class ObjectStoreModule {}
