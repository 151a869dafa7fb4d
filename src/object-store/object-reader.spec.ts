import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { PoolClient } from 'pg';

import type { Database } from '../database/database';
import { Metrics } from '../metrics/metrics';
import type { Receiver } from '../rpc/rpc-call';
import { AnswerRoom } from './answer-room';
import { ObjectReader } from './object-reader';

const OBJECT_ID = 'ab'.repeat(32);
const CONTENT = Buffer.from('content of an object');

/** One bytea as COPY sends it in binary form. */
function copyOf(bytes: Buffer): Buffer {
  const head = Buffer.alloc(25);
  head.write('PGCOPY\n\xff\r\n\0', 'latin1');
  head.writeInt16BE(1, 19);
  head.writeInt32BE(bytes.length, 21);
  return Buffer.concat([head, bytes, Buffer.from([0xff, 0xff])]);
}

/** A database whose every COPY yields this; `over` is what pg stops its read timeout with. */
function readerOf(rows: () => Readable, over: () => void): ObjectReader {
  const client = { query: () => Object.assign(rows(), { callback: over }) };
  const withClient: Database['withClient'] = (work) => work(client as unknown as PoolClient);
  return new ObjectReader({ withClient } as Database, new AnswerRoom(new Metrics()));
}

const RECEIVER: Receiver = {
  gone: new AbortController().signal,
  onHeld: () => undefined,
  onEnd: () => undefined,
};

describe('ObjectReader', () => {
  it('stops the read timeout, which would keep the content, and reads only once', async () => {
    const over = vi.fn();
    const reader = readerOf(() => Readable.from([copyOf(CONTENT)]), over);
    for (let turn = 0; turn < 2; turn += 1) {
      await expect(reader.read(OBJECT_ID, CONTENT.length, RECEIVER)).resolves.toEqual(CONTENT);
    }
    expect(over).toHaveBeenCalledOnce();
  });

  it('stops the read timeout of a read that fails as well', async () => {
    const over = vi.fn();
    const broken = (): Readable =>
      new Readable({
        read() {
          this.destroy(new Error('cut off'));
        },
      });
    await expect(readerOf(broken, over).read(OBJECT_ID, 1, RECEIVER)).rejects.toThrow();
    expect(over).toHaveBeenCalledOnce();
  });

  it('reads nothing before there is room for it among the answers', async () => {
    const reads = vi.fn(() => Readable.from([copyOf(CONTENT)]));
    const reader = readerOf(reads, () => undefined);
    let endFirst: () => void = () => undefined;
    const first: Receiver = { ...RECEIVER, onEnd: (act) => void (endFirst = act) };
    await reader.read(OBJECT_ID, 192 * 1024 * 1024, first).catch(() => undefined); // it is shorter
    const second = reader.read('cd'.repeat(32), CONTENT.length, RECEIVER);
    await nextTurn();
    expect(reads).toHaveBeenCalledOnce();
    endFirst();
    await expect(second).resolves.toEqual(CONTENT);
  });
});
