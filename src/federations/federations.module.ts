import { Module } from '@nestjs/common';

import { FederationsService } from './federations.service';

@Module({ providers: [FederationsService], exports: [FederationsService] })
export class FederationsModule {}
