import { Module } from '@nestjs/common';

import { LogReceipts } from './log-receipts';
import { ModelExchangesRepository } from './model-exchanges/model-exchanges.repository';
import { ModelExchangesService } from './model-exchanges/model-exchanges.service';
import { TaskHousekeeping } from './task-housekeeping';
import { TaskMetrics } from './task-metrics';
import { TaskRecordsRepository } from './task-records.repository';
import { TaskRecordsService } from './task-records.service';
import { TaskRetention } from './task-retention';
import { TasksRepository } from './tasks.repository';
import { TasksService } from './tasks.service';

@Module({
  providers: [
    TasksRepository,
    TaskRecordsRepository,
    LogReceipts,
    TasksService,
    TaskRecordsService,
    TaskHousekeeping,
    TaskRetention,
    ModelExchangesRepository,
    ModelExchangesService,
    TaskMetrics,
  ],
  exports: [TasksService, TaskRecordsService, ModelExchangesService],
})
export class TasksModule {}
