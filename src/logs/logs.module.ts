import { Module } from '@nestjs/common';

import { RunLogRepository } from './run-log.repository';
import { RunLogsService } from './run-logs.service';

@Module({ providers: [RunLogRepository, RunLogsService], exports: [RunLogsService] })
export class LogsModule {}
