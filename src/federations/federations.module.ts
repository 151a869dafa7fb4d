import { Module } from '@nestjs/common';

import { FederationsService } from './federations.service';
import { SimulationConfigRepository } from './simulation-config.repository';
import { SimulationsService } from './simulations.service';

@Module({
  providers: [FederationsService, SimulationConfigRepository, SimulationsService],
  exports: [FederationsService, SimulationsService],
})
export class FederationsModule {}
