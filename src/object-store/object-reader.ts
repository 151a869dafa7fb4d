import { finished } from 'node:stream/promises';

import { Injectable } from '@nestjs/common';
import { type CopyToStreamQuery, to as copyTo } from 'pg-copy-streams';

import { Database } from '../database/database';
import { translateDatabaseError } from '../database/database-errors';
import type { Receiver } from '../rpc/rpc-call';
import { isObjectId } from '../wire/ids';
import { AnswerRoom } from './answer-room';
import { CopyBinaryReader } from './copy-binary-reader';
import { ObjectCache } from './object-cache';

/**
 * pg stops its read timeout in the callback that it puts here, which pg-copy-streams never calls: the timer would keep
 * each content for 20 s more.
 */
type TimedQuery = CopyToStreamQuery & { readonly callback?: () => void };

/**
 * Reads content by COPY in binary form: a tenth of the CPU of a SELECT, whose bytea travels as hex. Many clients
 * that pull one model share one read. Content is immutable and named by its hash, so a cached copy can't be stale;
 * whether a caller may have it was asked of the database before.
 */
@Injectable()
export class ObjectReader {
  private readonly cache = new ObjectCache();
  private readonly reading = new Map<string, Promise<Buffer | undefined>>();

  constructor(
    private readonly database: Database,
    private readonly room: AnswerRoom,
  ) {}

  /**
   * The content of an available object of `size` bytes, or undefined if it was deleted meanwhile. Waits until there is
   * room for one answer more; throws UNAVAILABLE after 20 s.
   */
  async read(objectId: string, size: number, receiver: Receiver): Promise<Buffer | undefined> {
    await this.room.take(receiver, size);
    const cached = this.cache.get(objectId);
    if (cached !== undefined) return cached;
    const running = this.reading.get(objectId);
    if (running !== undefined) return running;
    const read = this.copyAndKeep(objectId, size).finally(() => this.reading.delete(objectId));
    this.reading.set(objectId, read);
    return read;
  }

  private async copyAndKeep(objectId: string, size: number): Promise<Buffer | undefined> {
    const content = await this.copy(objectId, size);
    if (content !== undefined) this.cache.put(objectId, content);
    return content;
  }

  private async copy(objectId: string, size: number): Promise<Buffer | undefined> {
    if (!isObjectId(objectId)) throw new TypeError('COPY takes no parameters: only ids may go in');
    const content = new CopyBinaryReader(size);
    await this.database.withClient(async (client) => {
      const rows: TimedQuery = client.query(copyTo(copyText(objectId)));
      rows.on('data', (chunk: Buffer) => {
        content.add(chunk);
      });
      await finished(rows)
        .catch((error: unknown) => {
          throw translateDatabaseError(error);
        })
        .finally(() => {
          rows.callback?.();
        });
    });
    return content.result();
  }
}

function copyText(objectId: string): string {
  return `copy (select bytes from object_segment where object_id = '${objectId}' order by position) to stdout (format binary)`;
}
