import { Module } from '@nestjs/common';

import { NodeMetrics } from './node-metrics';
import { NodePresence } from './node-presence';
import { NodeRetention } from './node-retention';
import { NodesRepository } from './nodes.repository';
import { NodesService } from './nodes.service';

@Module({
  providers: [NodesRepository, NodesService, NodePresence, NodeRetention, NodeMetrics],
  exports: [NodesService],
})
export class NodesModule {}
