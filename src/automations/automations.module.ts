import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { RunStarterModule } from '../exec/run-starter/run-starter.module';
import { FederationsModule } from '../federations/federations.module';
import { AutomationDispatch } from './automation-dispatch';
import { AutomationsRepository } from './automations.repository';
import { AutomationsService } from './automations.service';
import { AUTOMATION_ENTITIES } from './entities/automation.entities';

@Module({
  imports: [FederationsModule, RunStarterModule, TypeOrmModule.forFeature(AUTOMATION_ENTITIES)],
  providers: [AutomationDispatch, AutomationsRepository, AutomationsService],
  exports: [AutomationsService],
})
export class AutomationsModule {}
