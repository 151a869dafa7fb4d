import { SuperLinkError } from '../../errors/superlink-error';
import { BodyBudget } from './body-budget';
import { Incoming } from './incoming';

const SILENCE_MILLISECONDS = 30_000;
const NO_ROOM = new SuperLinkError('UNAVAILABLE');

describe('a request that is being received', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const budget = new BodyBudget(100, 0);
  const onSilence = vi.fn();
  const begin = (): Incoming => {
    onSilence.mockClear();
    return new Incoming(budget.open(), { noRoom: () => NO_ROOM, onSilence });
  };

  it('is refused where it finds no room', () => {
    const incoming = begin();
    incoming.grow(60);
    expect(() => begin().grow(41)).toThrow(NO_ROOM);
    incoming.free();
  });

  it('is given up, and takes no room any more, when nothing has come for 30 s', () => {
    const incoming = begin();
    incoming.grow(60);
    incoming.grow(30);
    vi.advanceTimersByTime(SILENCE_MILLISECONDS - 1);
    expect([onSilence.mock.calls.length, budget.hasRoomFor(100)]).toEqual([0, false]);
    vi.advanceTimersByTime(1);
    expect([onSilence.mock.calls.length, budget.hasRoomFor(100)]).toEqual([1, true]);
  });

  it('may come slowly', () => {
    const incoming = begin();
    for (let piece = 0; piece < 10; piece += 1) {
      incoming.grow(10);
      vi.advanceTimersByTime(SILENCE_MILLISECONDS - 1);
    }
    expect([onSilence.mock.calls.length, budget.hasRoomFor(1)]).toEqual([0, false]);
    incoming.free();
  });

  it('may be in work for as long as it takes', () => {
    const incoming = begin();
    incoming.grow(10);
    incoming.grow(90);
    incoming.whole();
    vi.advanceTimersByTime(10 * SILENCE_MILLISECONDS);
    expect([onSilence.mock.calls.length, budget.hasRoomFor(1)]).toEqual([0, false]);
    incoming.free();
    expect(budget.hasRoomFor(100)).toBe(true);
  });
});
