import { Module } from '@nestjs/common';

import { RunCreationRepository } from './run-creation.repository';
import { RunCreationService } from './run-creation.service';
import { RunsRepository } from './runs.repository';
import { RunsService } from './runs.service';

@Module({
  providers: [RunsRepository, RunsService, RunCreationRepository, RunCreationService],
  exports: [RunsService, RunCreationService],
})
export class RunsModule {}
