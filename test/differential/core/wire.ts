import { setTimeout as pause } from 'node:timers/promises';

import type { Headers } from '../../support/rpc-clients';

/** A method as the generated services describe it. */
export interface RpcShape {
  readonly path: string;
  readonly responseStream: boolean;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

export interface WireCall {
  readonly rpc: RpcShape;
  readonly bytes: Buffer;
  /** Named as on gRPC; binary ones are buffers. */
  readonly headers: Headers;
  /** Which of the caller's connections; calls over one go in order. */
  readonly connection: number;
}

/** What a caller saw of one call. */
export interface Seen {
  /** `OK`, or status and number of the catalogue, e.g. `NOT_FOUND 16` or `404 16`. */
  readonly outcome: string;
  /** The error's text, for people; never compared. */
  readonly text: string;
  /** The answer, or all messages of a stream. */
  readonly messages: readonly Buffer[];
  /** True of a stream that had not ended when it was left. */
  readonly isOpen: boolean;
}

/** One transport to one SuperLink. */
export interface Wire {
  send(call: WireCall): Promise<Seen>;
  close(): void;
}

/** A stream is left when it has been silent for so long: stock servers look for news every 0.5 s. */
const SILENCE_MILLISECONDS = 1_300;

export const ok = (messages: readonly Buffer[], isOpen = false): Seen => ({
  outcome: 'OK',
  text: '',
  messages,
  isOpen,
});

/** All that a stream says until it ends or falls silent. */
export async function followed(stream: AsyncIterable<Buffer>, leave: () => void): Promise<Seen> {
  const messages: Buffer[] = [];
  const iterator = stream[Symbol.asyncIterator]();
  for (;;) {
    const next = iterator.next();
    next.catch(() => undefined); // of a stream that is left
    const result = await Promise.race([next, pause(SILENCE_MILLISECONDS, undefined)]);
    if (result === undefined) {
      leave();
      return ok(messages, true);
    }
    if (result.done === true) return ok(messages);
    messages.push(result.value);
  }
}
