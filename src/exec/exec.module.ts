import { Module } from '@nestjs/common';

import { ConnectorsModule } from '../connectors/connectors.module';
import { FederationsModule } from '../federations/federations.module';
import { LogsModule } from '../logs/logs.module';
import { NodesModule } from '../nodes/nodes.module';
import { RunsModule } from '../runs/runs.module';
import { TasksModule } from '../tasks/tasks.module';
import { ConnectorsController } from './connectors.controller';
import { FederationRefusals } from './federation-refusals.service';
import { FederationView } from './federation-view.service';
import { FederationsController } from './federations.controller';
import { InvitationsController } from './invitations.controller';
import { LoginController } from './login.controller';
import { NodesController } from './nodes.controller';
import { RunAccess } from './run-access.service';
import { RunControl } from './run-control.service';
import { RunStarterModule } from './run-starter/run-starter.module';
import { RunStreams } from './run-streams.service';
import { RunsController } from './runs.controller';

/** Serves `flwr.proto.Control`, the API of the command line. */
@Module({
  imports: [
    ConnectorsModule,
    FederationsModule,
    LogsModule,
    NodesModule,
    RunsModule,
    RunStarterModule,
    TasksModule,
  ],
  controllers: [
    ConnectorsController,
    FederationsController,
    InvitationsController,
    LoginController,
    NodesController,
    RunsController,
  ],
  providers: [FederationRefusals, FederationView, RunAccess, RunControl, RunStreams],
})
export class ExecModule {}
