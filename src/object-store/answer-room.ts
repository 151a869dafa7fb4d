import { Injectable } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import { Metrics } from '../metrics/metrics';
import type { Receiver } from '../rpc/rpc-call';
import { TurnRefused } from '../waiting/waiting-line';
import { ByteBudget } from './byte-budget';

const MOST_BYTES = 192 * 1024 * 1024;
/** Each takes some 30 KiB, as a held call does. */
const MOST_WAITING = 4_000;
/** Clients over HTTP give up after 30 s. */
const PATIENCE_MILLISECONDS = 20_000;
/** Who has not taken an answer by then is slow or has vanished, and others wait for that no longer. */
const SLOW_MILLISECONDS = 10_000;

/**
 * Bounds the contents in memory on their way out. Nodes that begin a round ask for its model all at once, and what a
 * client is slow to take is kept, encoded, for each of them.
 */
@Injectable()
export class AnswerRoom {
  private readonly budget = new ByteBudget(MOST_BYTES, {
    mostWaiting: MOST_WAITING,
    patienceMilliseconds: PATIENCE_MILLISECONDS,
  });

  constructor(metrics: Metrics) {
    metrics.gauge(
      {
        name: 'object_pulls_waiting',
        help: 'Pulls of objects that wait until others are on their way to their clients.',
      },
      (set) => {
        set(this.budget.waitingCount);
      },
    );
  }

  /**
   * Resolves when `bytes` may be read and sent. Throws UNAVAILABLE if too many wait already, after 20 s, and when the
   * client has gone.
   */
  async take({ gone, onHeld, onEnd }: Receiver, bytes: number): Promise<void> {
    if (!this.budget.hasRoomFor(bytes)) onHeld();
    const free = await this.budget.take(bytes, gone).catch(refuse);
    if (gone.aborted) {
      free(); // its end is over, and nobody will be told of it again
      throw new SuperLinkError('UNAVAILABLE', 'The client has gone.');
    }
    const patience = setTimeout(free, SLOW_MILLISECONDS).unref();
    onEnd(() => {
      clearTimeout(patience);
      free();
    });
  }
}

function refuse(thrown: unknown): never {
  throw thrown instanceof TurnRefused
    ? new SuperLinkError('UNAVAILABLE', 'Too many objects at once.')
    : thrown;
}
