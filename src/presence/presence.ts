import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import { LOGGER, type Logger } from '../logging/logger';

export type PresentKind = 'node' | 'task';

/** Callers of one kind: `keys[i]` (public key or token hash) called `ages[i]` seconds ago. */
export type NoteSeen = (keys: readonly Buffer[], ages: readonly number[]) => Promise<void>;

const FLUSH_MILLISECONDS = 5_000;

/**
 * Callers seen lately, written to the database a few seconds later in one statement for all. Heartbeats have
 * statements of their own; this keeps alive who works but whose heartbeat thread has died (SuperNode 1.40 on a 502).
 * What a dying replica had not written yet is lost, and the next call of the client makes up for it.
 */
@Injectable()
export class Presence implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly seen = new Map<PresentKind, Map<string, { key: Buffer; at: number }>>();
  private readonly writers = new Map<PresentKind, NoteSeen>();
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** Names who writes callers of `kind` down; to be called while modules start. */
  writeWith(kind: PresentKind, writer: NoteSeen): void {
    this.writers.set(kind, writer);
  }

  /** Notes that the holder of `key` has just begun a call. */
  note(kind: PresentKind, key: Buffer): void {
    const ofKind = this.seen.get(kind) ?? new Map<string, { key: Buffer; at: number }>();
    this.seen.set(kind, ofKind);
    ofKind.set(key.toString('latin1'), { key, at: performance.now() });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MILLISECONDS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private async flush(): Promise<void> {
    const seen = [...this.seen]; // who calls during a write is for the next flush, else this one would never end
    this.seen.clear();
    for (const [kind, callers] of seen) {
      const writer = this.writers.get(kind);
      if (writer === undefined) continue;
      const now = performance.now();
      const noted = [...callers.values()];
      try {
        await writer(
          noted.map((caller) => caller.key),
          noted.map((caller) => (now - caller.at) / 1000),
        );
      } catch (error) {
        this.logger.debug({ err: error, kind }, 'could not note who called');
      }
    }
  }
}
