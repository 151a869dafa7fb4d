import { Module } from '@nestjs/common';

import { AutomationsModule } from '../automations/automations.module';
import { LogsModule } from '../logs/logs.module';
import { MessagesModule } from '../messages/messages.module';
import { NodesModule } from '../nodes/nodes.module';
import { RpcModule } from '../rpc/rpc.module';
import { RunsModule } from '../runs/runs.module';
import { TasksModule } from '../tasks/tasks.module';
import { MessagesController } from './messages.controller';
import { PlatformController } from './platform.controller';
import { ResponsesController } from './responses/responses.controller';
import { ResponsesErrorFilter } from './responses/responses-error.filter';
import { SeriesController } from './series.controller';
import { TaskRecordsController } from './task-records.controller';
import { TasksController } from './tasks.controller';

/** Serves `flwr.proto.ServerAppIo` and its successor `Runtime`, the APIs of SuperExecs and task processes. */
@Module({
  imports: [
    AutomationsModule,
    LogsModule,
    MessagesModule,
    NodesModule,
    RpcModule,
    RunsModule,
    TasksModule,
  ],
  controllers: [
    TasksController,
    TaskRecordsController,
    MessagesController,
    PlatformController,
    SeriesController,
    ResponsesController,
  ],
  providers: [ResponsesErrorFilter],
})
export class ServerAppIoModule {}
