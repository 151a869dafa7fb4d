import { runTimeOf } from './run-time';

it.each([
  [2.5, 2.5],
  [0, 0],
  [-1, 0],
  [Number.NaN, 0],
  [Number.MAX_VALUE, 1e9],
  [Number.POSITIVE_INFINITY, 0],
  [Number.NEGATIVE_INFINITY, 0],
])('a client that says it ran for %d s counts for %d s', (said, counted) => {
  expect(runTimeOf(said)).toBe(counted);
});
