import { Module } from '@nestjs/common';

import { MessagesModule } from '../messages/messages.module';
import { ObjectStoreModule } from '../object-store/object-store.module';
import { TasksModule } from '../tasks/tasks.module';
import { FleetObjectsController } from './fleet-objects.controller';
import { TaskObjectsController } from './task-objects.controller';

/** Push, pull and confirm of objects, for both sides. */
@Module({
  imports: [MessagesModule, ObjectStoreModule, TasksModule],
  controllers: [FleetObjectsController, TaskObjectsController],
})
export class ObjectsModule {}
