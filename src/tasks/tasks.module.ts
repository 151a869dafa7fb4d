import { Module } from '@nestjs/common';

import { TaskHousekeeping } from './task-housekeeping';
import { TaskRecordsRepository } from './task-records.repository';
import { TaskRecordsService } from './task-records.service';
import { TasksRepository } from './tasks.repository';
import { TasksService } from './tasks.service';

@Module({
  providers: [
    TasksRepository,
    TaskRecordsRepository,
    TasksService,
    TaskRecordsService,
    TaskHousekeeping,
  ],
  exports: [TasksService, TaskRecordsService],
})
export class TasksModule {}
