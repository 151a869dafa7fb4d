import { fromInt8, isObjectId, randomId, randomNodeId, toInt8 } from './ids';

describe('ids in the database', () => {
  it.each([
    [0n, '0'],
    [1n, '1'],
    [2n ** 63n - 1n, '9223372036854775807'],
    [2n ** 63n, '-9223372036854775808'],
    [2n ** 64n - 1n, '-1'],
  ])('%d is stored as %s and comes back', (id, stored) => {
    expect(toInt8(id).toString()).toBe(stored);
    expect(fromInt8(stored)).toBe(id);
  });
});

describe('random ids', () => {
  it.each([
    ['runs and tasks', randomId, [0n]],
    ['nodes', randomNodeId, [0n, 1n]],
  ])('of %s use all 64 bits and avoid those with a meaning', (_, make, reserved) => {
    const ids = Array.from({ length: 200 }, make);
    expect(new Set(ids).size).toBe(200);
    expect(ids.some((id) => id >= 2n ** 63n)).toBe(true);
    expect(ids.filter((id) => reserved.includes(id) || id >= 2n ** 64n)).toEqual([]);
  });
});

describe('isObjectId', () => {
  it.each([
    ['a'.repeat(64), true],
    ['0123456789abcdef'.repeat(4), true],
    ['a'.repeat(63), false],
    ['a'.repeat(65), false],
    ['A'.repeat(64), false],
    ['g'.repeat(64), false],
    [`${'a'.repeat(64)}\n`, false],
    ['', false],
  ])('%j: %s', (text, isId) => {
    expect(isObjectId(text)).toBe(isId);
  });
});
