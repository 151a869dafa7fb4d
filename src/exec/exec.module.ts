import { Module } from '@nestjs/common';

import { AppsModule } from '../apps/apps.module';
import { AutomationsModule } from '../automations/automations.module';
import { ConnectorsModule } from '../connectors/connectors.module';
import { FederationsModule } from '../federations/federations.module';
import { LogsModule } from '../logs/logs.module';
import { NodesModule } from '../nodes/nodes.module';
import { RunsModule } from '../runs/runs.module';
import { TasksModule } from '../tasks/tasks.module';
import { AppsController } from './apps.controller';
import { AutomationsController } from './automations.controller';
import { ConnectorsController } from './connectors.controller';
import { FederationRefusals } from './federation-refusals.service';
import { FederationView } from './federation-view.service';
import { FederationsController } from './federations.controller';
import { InvitationsController } from './invitations.controller';
import { LoginController } from './login.controller';
import { NodesController } from './nodes.controller';
import { RunAccess } from './run-access.service';
import { RunControl } from './run-control.service';
import { RunSeriesController } from './run-series.controller';
import { RunSeriesView } from './run-series-view.service';
import { RunStarterModule } from './run-starter/run-starter.module';
import { RunStreams } from './run-streams.service';
import { RunsController } from './runs.controller';

/** Serves `flwr.proto.Control`, the API of the command line. */
@Module({
  imports: [
    AppsModule,
    AutomationsModule,
    ConnectorsModule,
    FederationsModule,
    LogsModule,
    NodesModule,
    RunsModule,
    RunStarterModule,
    TasksModule,
  ],
  controllers: [
    AppsController,
    AutomationsController,
    ConnectorsController,
    FederationsController,
    InvitationsController,
    LoginController,
    NodesController,
    RunSeriesController,
    RunsController,
  ],
  providers: [FederationRefusals, FederationView, RunAccess, RunControl, RunSeriesView, RunStreams],
})
export class ExecModule {}
