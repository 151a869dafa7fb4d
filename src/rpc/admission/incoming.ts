import type { SuperLinkError } from '../../errors/superlink-error';
import type { Body } from './body-budget';

/** Who sends nothing for so long amid a request is gone without a word: the machine lost its power, or its network. */
const SILENCE_MILLISECONDS = 30_000;

export interface IncomingEvents {
  /** Makes the error for a request that there is no room for. */
  readonly noRoom: () => SuperLinkError;
  /** Nothing more of it has come for 30 s. It counts no more, and is not to be waited for. */
  readonly onSilence: () => void;
}

/** A request that is being received. */
export class Incoming {
  private silence: NodeJS.Timeout | undefined;
  private hasBegun = false;

  constructor(
    private readonly body: Body,
    private readonly events: IncomingEvents,
  ) {}

  /** So much more of it has come. Throws UNAVAILABLE: there is no room for it now. */
  grow(bytes: number): void {
    if (!this.body.grow(bytes)) throw this.events.noRoom();
    // what comes in one piece, as nearly all requests do, needs no clock
    if (this.hasBegun) this.waitForMore();
    this.hasBegun = true;
  }

  /** It has come to its end. */
  whole(): void {
    clearTimeout(this.silence);
  }

  /** It is in memory no more; safe to call again. */
  free(): void {
    this.whole();
    this.body.free();
  }

  private waitForMore(): void {
    this.silence ??= setTimeout(() => {
      this.free();
      this.events.onSilence();
    }, SILENCE_MILLISECONDS).unref();
    this.silence.refresh();
  }
}
