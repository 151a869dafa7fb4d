import { Module } from '@nestjs/common';

import { NodePresence } from './node-presence';
import { NodesRepository } from './nodes.repository';
import { NodesService } from './nodes.service';

@Module({
  providers: [NodesRepository, NodesService, NodePresence],
  exports: [NodesService],
})
export class NodesModule {}
