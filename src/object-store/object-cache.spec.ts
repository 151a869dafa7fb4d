import { ObjectCache } from './object-cache';

const MEBIBYTE = 1024 * 1024;

describe('ObjectCache', () => {
  it('gives back what was put in', () => {
    const cache = new ObjectCache();
    const content = Buffer.from('content');
    cache.put('a', content);
    expect(cache.get('a')).toBe(content);
    expect(cache.get('b')).toBeUndefined();
  });

  it('forgets what was used longest ago', () => {
    const cache = new ObjectCache();
    for (const id of ['a', 'b', 'c', 'd']) cache.put(id, Buffer.alloc(8 * MEBIBYTE));
    cache.get('a');
    cache.put('e', Buffer.alloc(1));
    expect(['a', 'b', 'c', 'd', 'e'].filter((id) => cache.get(id) !== undefined)).toEqual([
      'a',
      'c',
      'd',
      'e',
    ]);
  });

  it('leaves out what would push out all others', () => {
    const cache = new ObjectCache();
    cache.put('small', Buffer.alloc(1));
    cache.put('large', Buffer.alloc(9 * MEBIBYTE));
    expect(cache.get('large')).toBeUndefined();
    expect(cache.get('small')).toBeDefined();
  });

  it('counts an object once that is put in twice', () => {
    const cache = new ObjectCache();
    for (let times = 0; times < 10; times += 1) cache.put('a', Buffer.alloc(8 * MEBIBYTE));
    cache.put('b', Buffer.alloc(8 * MEBIBYTE));
    expect(cache.get('a')).toBeDefined();
  });
});
