import { CopyBinaryReader } from './copy-binary-reader';

/** What PostgreSQL sends for `copy (select bytes ...) to stdout (format binary)`. */
function binaryCopy(...columns: readonly string[]): Buffer {
  const header = Buffer.concat([Buffer.from('PGCOPY\n\u00ff\r\n\0', 'latin1'), Buffer.alloc(8)]);
  const tuples = columns.map((column) => {
    const head = Buffer.from([0, 1, 0, 0, 0, column.length]);
    return Buffer.concat([head, Buffer.from(column)]);
  });
  return Buffer.concat([header, ...tuples, Buffer.from([0xff, 0xff])]);
}

function read(stream: Buffer, size: number, chunkBytes: number): string | undefined {
  const reader = new CopyBinaryReader(size);
  for (let at = 0; at < stream.length; at += chunkBytes) {
    reader.add(stream.subarray(at, at + chunkBytes));
  }
  return reader.result()?.toString();
}

describe('CopyBinaryReader', () => {
  it.each([1, 2, 3, 7, 19, 25, 1_000])('joins the rows, %d bytes at a time', (chunkBytes) => {
    expect(read(binaryCopy('first ', '', 'second'), 12, chunkBytes)).toBe('first second');
  });

  it('reads no rows as nothing', () => {
    expect(read(binaryCopy(), 0, 1_000)).toBe('');
  });

  it.each([
    ['a missing row', 12],
    ['a row too many', 4],
  ])('has no result for %s', (_, size) => {
    expect(read(binaryCopy('first '), size, 5)).toBeUndefined();
  });

  it('has no result before the end', () => {
    expect(read(binaryCopy('first ').subarray(0, 28), 6, 5)).toBeUndefined();
  });
});
