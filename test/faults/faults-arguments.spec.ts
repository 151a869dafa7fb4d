import { readArguments } from '../../scripts/faults-arguments.mjs';

const orderOf = (line: string): unknown => readArguments(line === '' ? [] : line.split(' ')).order;

describe('the arguments of npm run faults', () => {
  it.each([
    ['', {}],
    ['F1', { faults: ['F1'], seeds: [1] }],
    ['F1 --seed 7', { faults: ['F1'], seeds: [7] }],
    ['F1 F12 --seeds 3', { faults: ['F1', 'F12'], seeds: [1, 2, 3] }],
    ['soak', { faults: [], soakMinutes: 30 }],
    ['soak --minutes 2', { faults: [], soakMinutes: 2 }],
  ])('"%s" are plays to make', (line, order) => {
    expect(orderOf(line)).toEqual(order);
  });

  // each of them would play nothing, or what nobody asked for, and all of nothing passes
  it.each([
    ['F1 --seeds abc', '--seeds takes a whole number'],
    ['F1 --seeds 0', '--seeds takes a whole number'],
    ['F1 --seed x', '--seed takes a whole number'],
    ['F1 --seed 7 --seeds 20', 'exclude each other'],
    ['--seeds 20', 'faults that are named'],
    ['soak --minutes q', '--minutes takes a whole number'],
    ['F1 --sed 7', "Unknown option '--sed'"],
    ['record', 'files that `--json` has written'],
    ['record nowhere.json', 'There is no nowhere.json'],
  ])('"%s" are refused: %s', (line, reason) => {
    expect(() => orderOf(line)).toThrow(reason);
  });
});
