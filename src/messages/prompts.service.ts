import { Injectable } from '@nestjs/common';

import type { Transaction } from '../database/database';
import { ObjectStoreService } from '../object-store/object-store.service';
import { MessagesRepository } from './messages.repository';
import type { MadePrompt } from './prompt-message';
import { repliesTopic } from './topics';

/** What agents are asked: instructions that their run's own node finds when it pulls. */
@Injectable()
export class PromptsService {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly objects: ObjectStoreService,
  ) {}

  /** Puts a prompt into run `runId`, which was made in the same transaction. Run again it changes nothing. */
  async store(tx: Transaction, runId: bigint, prompt: MadePrompt): Promise<void> {
    const { message, tree } = prompt;
    const { metadata } = message;
    await this.objects.storeOwn(tx, runId, prompt.objects);
    const call = { runId, sessionId: null, wake: [repliesTopic(runId)] };
    // nodes' traffic is counted, this is none
    await this.messages.storeInstructions(tx, call, [{ message, metadata, tree, answerBytes: 0 }]);
  }
}
