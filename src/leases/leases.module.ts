import { Global, Module } from '@nestjs/common';

import { LeaseClock } from './lease-clock';
import { LeaseMetrics } from './lease-metrics';

@Global()
@Module({ providers: [LeaseClock, LeaseMetrics], exports: [LeaseClock] })
export class LeasesModule {}
