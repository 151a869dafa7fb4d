import { Module } from '@nestjs/common';

import { AutomationsModule } from '../automations/automations.module';
import { MessagesModule } from '../messages/messages.module';
import { NodesModule } from '../nodes/nodes.module';
import { RunsModule } from '../runs/runs.module';
import { TasksModule } from '../tasks/tasks.module';
import { MessagesController } from './messages.controller';
import { PlatformController } from './platform.controller';
import { TaskRecordsController } from './task-records.controller';
import { TasksController } from './tasks.controller';

/** Serves `flwr.proto.ServerAppIo`, the API of SuperExecs and task processes to 1.33. */
@Module({
  imports: [AutomationsModule, MessagesModule, NodesModule, RunsModule, TasksModule],
  controllers: [TasksController, TaskRecordsController, MessagesController, PlatformController],
})
export class ServerAppIoModule {}
