import { Module } from '@nestjs/common';

import { ObjectStoreModule } from '../object-store/object-store.module';
import { RunsModule } from '../runs/runs.module';
import { DeliveryPoll } from './delivery-poll';
import { EndedRuns } from './ended-runs';
import { InstructionsService } from './instructions.service';
import { MessageHousekeeping } from './message-housekeeping';
import { MessageMetrics } from './message-metrics';
import { MessagesRepository } from './messages.repository';
import { PromptsService } from './prompts.service';
import { RepliesService } from './replies.service';

@Module({
  imports: [ObjectStoreModule, RunsModule],
  providers: [
    PromptsService,
    MessagesRepository,
    InstructionsService,
    RepliesService,
    DeliveryPoll,
    MessageHousekeeping,
    EndedRuns,
    MessageMetrics,
  ],
  exports: [PromptsService, InstructionsService, RepliesService],
})
export class MessagesModule {}
