import { setTimeout as delay } from 'node:timers/promises';

import { SuperLinkError } from '../errors/superlink-error';
import type { StreamReader } from '../rpc/rpc-call';
import type { Topic, Wakeups } from '../waiting/wakeups';

/** A notification may be lost with the connection that listens: followers look this often by themselves. */
const LOOK_EVERY_MILLISECONDS = 1_000;

/** What a run has written after a cursor, at one instant. */
export interface Batch<Item, Cursor> {
  readonly items: readonly Item[];
  /** Where the next batch begins; the same as before if there was nothing. */
  readonly cursor: Cursor;
  readonly isEmpty: boolean;
  /** Whether the run had ended at that instant: then nothing comes after an empty batch. */
  readonly isRunOver: boolean;
}

export interface Source<Item, Cursor> {
  readonly topic: Topic;
  readonly start: Cursor;
  readonly read: (cursor: Cursor) => Promise<Batch<Item, Cursor>>;
}

/**
 * Yields what a run writes, in order, each item once, until the run is over and all is told. Nothing is read
 * before the consumer has taken what was read before. Throws STREAM_MOVED when the replica drains and the reader can
 * resume elsewhere, from the last item that it has seen; others are served as long as the replica lives.
 */
export async function* follow<Item, Cursor>(
  wakeups: Wakeups,
  source: Source<Item, Cursor>,
  { gone, canResume }: StreamReader,
): AsyncGenerator<Item, void, undefined> {
  let cursor = source.start;
  let woken: Promise<boolean> | undefined;
  while (!gone.aborted) {
    // waiting begins before the look, so that what is written during the look wakes it too
    woken ??= wakeups.wait(source.topic, LOOK_EVERY_MILLISECONDS, gone);
    const batch = await source.read(cursor);
    yield* batch.items;
    cursor = batch.cursor;
    if (!batch.isEmpty) continue;
    if (batch.isRunOver) return;
    if (!wakeups.isClosed) await woken;
    else if (canResume) throw new SuperLinkError('STREAM_MOVED');
    else await delay(LOOK_EVERY_MILLISECONDS);
    woken = undefined;
  }
}
