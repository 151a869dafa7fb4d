import { Module } from '@nestjs/common';

import { MessagesModule } from '../messages/messages.module';
import { NodesModule } from '../nodes/nodes.module';
import { RunsModule } from '../runs/runs.module';
import { FleetMessagesController } from './fleet-messages.controller';
import { FleetNodesController } from './fleet-nodes.controller';

/** Serves `flwr.proto.Fleet`, the API of SuperNodes; its object calls are in the objects module. */
@Module({
  imports: [MessagesModule, NodesModule, RunsModule],
  controllers: [FleetNodesController, FleetMessagesController],
})
export class FleetModule {}
