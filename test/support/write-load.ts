import { EventEmitter, once } from 'node:events';

import { RpcError } from './rpc-clients';

/** A tenth of what stock clients wait at the least, so that what is timed is the server. */
const PAUSE_MILLISECONDS = 100;

/** One caller that writes all the time, as fast as it gets answers, and never gives up. */
export class WriteLoad<Kept> extends EventEmitter<{ kept: []; failed: [] }> {
  /** What was acknowledged, in order. */
  readonly kept: Kept[] = [];
  /** Statuses of the calls that failed, each once. */
  readonly failures = new Set<string>();
  private isStopped = false;
  private readonly done: Promise<void>;

  /** @param write makes one write; resolves with what its answer promised to keep */
  constructor(private readonly write: () => Promise<Kept>) {
    super();
    this.done = this.run();
  }

  /** Resolves when a write is acknowledged, or fails, from now on. */
  async next(event: 'kept' | 'failed'): Promise<void> {
    await once(this, event);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.done;
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      try {
        this.kept.push(await this.write());
        this.emit('kept');
      } catch (error) {
        this.failures.add(error instanceof RpcError ? error.status : String(error));
        this.emit('failed');
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
      }
    }
  }
}
