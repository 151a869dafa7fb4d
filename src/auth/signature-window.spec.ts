import type { DatabaseClock } from '../database/database-clock';
import { isInsideWindow, isTimely } from './signature-window';

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

describe('isTimely', () => {
  const clockOf = (seconds: number, measuredSeconds: () => Promise<number>): DatabaseClock =>
    ({ seconds: () => seconds, measuredSeconds }) as DatabaseClock;
  const unasked = (): Promise<number> => Promise.reject(new Error('was asked'));

  it('asks nobody for a signature that is inside the window, nor for what is no time', async () => {
    expect(await isTimely(1_000, clockOf(1_000, unasked))).toBe(true);
    expect(await isTimely(Number.NaN, clockOf(1_000, unasked))).toBe(false);
  });

  it('has the time measured before it turns anybody away', async () => {
    expect(
      await isTimely(
        1_008,
        clockOf(1_000, () => Promise.resolve(1_008)),
      ),
    ).toBe(true);
    expect(
      await isTimely(
        1_008,
        clockOf(1_000, () => Promise.resolve(1_000)),
      ),
    ).toBe(false);
  });
});
