import { Silence } from './silence';

const looksOf = (silence: Silence, counts: readonly number[]): boolean[] =>
  counts.map((count) => silence.isTooLong(count));

describe('silence', () => {
  it('is too long after so many looks at the same number', () => {
    expect(looksOf(new Silence(3), [7, 7, 7, 7])).toEqual([false, false, false, true]);
  });

  it('begins anew with each new number, also where the counter starts again', () => {
    expect(looksOf(new Silence(2), [1, 1, 2, 2, -5, -5, -5])).toEqual([
      ...[false, false, false, false, false, false],
      true,
    ]);
  });
});
