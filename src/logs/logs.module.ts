import { Module } from '@nestjs/common';

import { RunLogRepository } from './run-log.repository';
import { RunLogsService } from './run-logs.service';
import { SeriesEventsRepository } from './series-events.repository';
import { SeriesEventsService } from './series-events.service';

@Module({
  providers: [RunLogRepository, RunLogsService, SeriesEventsRepository, SeriesEventsService],
  exports: [RunLogsService, SeriesEventsService],
})
export class LogsModule {}
