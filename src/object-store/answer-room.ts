import { SuperLinkError } from '../errors/superlink-error';
import type { Receiver } from '../rpc/rpc-call';
import { ByteBudget } from './byte-budget';

const MOST_BYTES = 96 * 1024 * 1024;
/** Clients over HTTP give up after 30 s. */
const PATIENCE_MILLISECONDS = 20_000;
/** Who has not taken an answer by then is slow or has vanished, and others wait for that no longer. */
const SLOW_MILLISECONDS = 30_000;

/**
 * Bounds the contents in memory on their way out. Nodes that begin a round ask for its model all at once, and what a
 * client is slow to take is kept, encoded, for each of them.
 */
export class AnswerRoom {
  private readonly budget = new ByteBudget(MOST_BYTES);

  /** Resolves when `bytes` may be read and sent. Throws UNAVAILABLE after 20 s, and if the client has gone. */
  async take({ gone, onHeld, onEnd }: Receiver, bytes: number): Promise<void> {
    if (gone.aborted) throw new SuperLinkError('UNAVAILABLE', 'The client has gone.');
    const free = this.budget.hasRoomFor(bytes)
      ? await this.budget.take(bytes)
      : await this.wait(gone, onHeld, bytes);
    const patience = setTimeout(free, SLOW_MILLISECONDS).unref();
    onEnd(() => {
      clearTimeout(patience);
      free();
    });
  }

  private async wait(gone: AbortSignal, onHeld: () => void, bytes: number): Promise<() => void> {
    onHeld();
    const late = new AbortController();
    const patience = setTimeout(() => {
      late.abort('late'); // a reason of its own: the usual one is an error with a stack
    }, PATIENCE_MILLISECONDS);
    try {
      return await this.budget.take(bytes, AbortSignal.any([gone, late.signal]));
    } catch (cause) {
      throw new SuperLinkError('UNAVAILABLE', 'Too many objects at once.', { cause });
    } finally {
      clearTimeout(patience);
    }
  }
}
