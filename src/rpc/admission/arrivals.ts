import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

/** Node tells it each connection that any server of this process accepts. */
const ACCEPTED = 'net.server.socket';
/** As long as a heartbeat may wait for its answer: then those that came so far begin, whoever still comes. */
const LONGEST_MILLISECONDS = 5_000;
/** As many as may wait for their turn with a pool of ten: those beyond wait more cheaply at the door than inside. */
const MOST_AT_ONCE = 4_000;

/**
 * The clients that stand at the door. Node accepts one connection in each turn of the event loop, so where thousands come
 * at once a heartbeat waits behind all that came before it, unless they are let in before their work begins.
 */
@Injectable()
export class Arrivals implements OnApplicationShutdown {
  private accepted = 0;
  private waiting: Promise<void> | undefined;

  constructor() {
    subscribe(ACCEPTED, this.count);
  }

  onApplicationShutdown(): void {
    unsubscribe(ACCEPTED, this.count);
  }

  /** Resolves after a turn in which no connection was accepted, at the latest after 5 s or 4,000 of them. */
  async untilAllAreIn(): Promise<void> {
    this.waiting ??= this.waitUntilAllAreIn(performance.now() + LONGEST_MILLISECONDS);
    return this.waiting;
  }

  private async waitUntilAllAreIn(end: number): Promise<void> {
    const most = this.accepted + MOST_AT_ONCE;
    let before: number;
    await nextTurn(); // the rest of this one may lie behind the moment of accepting
    do {
      before = this.accepted;
      await nextTurn();
    } while (this.accepted > before && this.accepted < most && performance.now() < end);
    this.waiting = undefined;
  }

  private readonly count = (): void => {
    this.accepted += 1;
  };
}
