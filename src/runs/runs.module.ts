import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { CompactedContextsRepository } from './compacted-contexts.repository';
import { CompactedContextsService } from './compacted-contexts.service';
import { RUN_ENTITIES } from './entities/run.entities';
import { RunAccessRepository } from './run-access.repository';
import { RunAccessService } from './run-access.service';
import { RunCreationRepository } from './run-creation.repository';
import { RunCreationService } from './run-creation.service';
import { RunMetrics } from './run-metrics';
import { RunSeriesRepository } from './run-series.repository';
import { RunSeriesService } from './run-series.service';
import { RunTrafficService } from './run-traffic.service';
import { RunsRepository } from './runs.repository';
import { RunsService } from './runs.service';

@Module({
  imports: [TypeOrmModule.forFeature(RUN_ENTITIES)],
  providers: [
    CompactedContextsRepository,
    CompactedContextsService,
    RunAccessRepository,
    RunAccessService,
    RunCreationRepository,
    RunCreationService,
    RunMetrics,
    RunSeriesRepository,
    RunSeriesService,
    RunTrafficService,
    RunsRepository,
    RunsService,
  ],
  exports: [
    CompactedContextsService,
    RunAccessService,
    RunCreationService,
    RunSeriesService,
    RunTrafficService,
    RunsService,
  ],
})
export class RunsModule {}
