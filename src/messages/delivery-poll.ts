import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import { LOGGER, type Logger } from '../logging/logger';
import { Wakeups } from '../waiting/wakeups';
import { MessagesRepository } from './messages.repository';
import { nodeTopic } from './topics';

const EVERY_MILLISECONDS = 2_000;
const NODE_TOPIC = 'node:';

/**
 * The slow poll behind the notifications, and the clock of redelivery: one statement asks for all nodes whose polls
 * this replica holds, so ten thousand held calls cost what one costs.
 */
@Injectable()
export class DeliveryPoll implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly messages: MessagesRepository,
    private readonly wakeups: Wakeups,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      void this.poll().finally(() => {
        this.schedule();
      });
    }, EVERY_MILLISECONDS);
  }

  private async poll(): Promise<void> {
    const held = this.wakeups
      .topics()
      .filter((topic) => topic.startsWith(NODE_TOPIC))
      .map((topic) => BigInt(topic.slice(NODE_TOPIC.length)));
    if (held.length === 0) return;
    try {
      const nodeIds = await this.messages.findNodesToWake(held);
      for (const nodeId of nodeIds) this.wakeups.wake(nodeTopic(nodeId));
    } catch (error) {
      this.logger.debug({ err: error }, 'slow poll put off');
    }
  }
}
