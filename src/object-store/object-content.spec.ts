import { createHash } from 'node:crypto';

import { isContentOf } from './object-content';

const CHILD = 'c'.repeat(64);
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

describe('isContentOf', () => {
  it.each([
    ['a chunk', 'ArrayChunk  3\0abc'],
    ['an empty body', 'ArrayChunk  0\0'],
    ['a message with its content', `Message ${CHILD} 2\0{}`],
    ['two children', `RecordDict ${CHILD},${'d'.repeat(64)} 2\0{}`],
    ['a body with NULs', 'ConfigRecord  3\0\0\0\0'],
  ])('accepts %s', async (_, text) => {
    const content = Buffer.from(text);
    expect(await isContentOf(sha256(content), content)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['no head', 'abc'],
    ['an unknown type', 'Pickle  3\0abc'],
    ['a type of another case', 'arraychunk  3\0abc'],
    ['a head of two parts', 'ArrayChunk 3\0abc'],
    ['a head of four parts', 'ArrayChunk   3\0abc'],
    ['a child that is no id', 'Message abc 2\0{}'],
    ['a list of children that ends in a comma', `Message ${CHILD}, 2\0{}`],
    ['a body that is too short', 'ArrayChunk  4\0abc'],
    ['a body that is too long', 'ArrayChunk  2\0abc'],
    ['a length that is no number', 'ArrayChunk  three\0abc'],
    ['a negative length', 'ArrayChunk  -3\0abc'],
    ['a length with an exponent', 'ArrayChunk  3e0\0abc'],
  ])('refuses %s, though its hash is right', async (_, text) => {
    const content = Buffer.from(text);
    expect(await isContentOf(sha256(content), content)).toBe(false);
  });

  it('refuses content of another hash', async () => {
    expect(await isContentOf(CHILD, Buffer.from('ArrayChunk  3\0abc'))).toBe(false);
    expect(await isContentOf('', Buffer.from('ArrayChunk  3\0abc'))).toBe(false);
  });

  it('hashes more than one slice', async () => {
    const body = Buffer.alloc(20 * 1024 * 1024, 'x');
    const content = Buffer.concat([Buffer.from(`ArrayChunk  ${body.length}\0`), body]);
    expect(await isContentOf(sha256(content), content)).toBe(true);
    const id = sha256(content);
    content.writeUInt8(0, content.length - 1);
    expect(await isContentOf(id, content)).toBe(false);
  });
});
