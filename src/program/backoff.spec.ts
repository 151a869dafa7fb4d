import { Backoff, waited } from './backoff';

describe('starting a lost process again', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('waits longer each time that it does not live long, up to half a minute', () => {
    const backoff = new Backoff();
    const waits = Array.from({ length: 8 }, () => {
      backoff.started();
      return backoff.lost();
    });
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30]);
  });

  it('begins anew after one that lived for more than a minute', () => {
    const backoff = new Backoff();
    backoff.lost();
    backoff.lost();
    backoff.started();
    vi.advanceTimersByTime(61_000);
    expect(backoff.lost()).toBe(0.5);
  });

  it('is not waited for any more once all shall stop', async () => {
    const stopping = new AbortController();
    const outcome = waited(1_000, stopping.signal);
    stopping.abort();
    expect(await outcome).toBe(false);
  });
});
