import { isInsideWindow } from './signature-window';

describe('isInsideWindow', () => {
  it.each([
    [0, true],
    [304.999, true],
    [305, false],
    [306, false],
    [-4.999, true],
    [-5, false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
    [Number.NEGATIVE_INFINITY, false],
  ])('a signature %d s old: %s', (age, isInside) => {
    expect(isInsideWindow(1_000_000 - age, 1_000_000)).toBe(isInside);
  });
});
