import { Global, Module } from '@nestjs/common';

import { BuildInfo } from './build-info';
import { Metrics } from './metrics';
import { MetricsServer } from './metrics-server';
import { SharedNumbers } from './shared-numbers';

@Global()
@Module({
  providers: [Metrics, SharedNumbers, MetricsServer, BuildInfo],
  exports: [Metrics, SharedNumbers],
})
export class MetricsModule {}
