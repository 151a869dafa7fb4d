import { Global, Module } from '@nestjs/common';

import { Housekeeping } from './housekeeping';
import { HousekeepingMetrics } from './housekeeping-metrics';

@Global()
@Module({ providers: [Housekeeping, HousekeepingMetrics], exports: [Housekeeping] })
export class HousekeepingModule {}
