import { Module } from '@nestjs/common';

import { FederationsModule } from '../federations/federations.module';
import { AppsRepository } from './apps.repository';
import { AppsService } from './apps.service';

@Module({
  imports: [FederationsModule],
  providers: [AppsRepository, AppsService],
  exports: [AppsService],
})
export class AppsModule {}
