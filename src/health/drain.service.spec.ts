import type { Config } from '../config/config';
import { Metrics } from '../metrics/metrics';
import type { Wakeups } from '../waiting/wakeups';
import { DrainService } from './drain.service';

const NOTICE_SECONDS = 20;

describe('a drain', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('tells at once that it is on, wakes who is held, and gives balancers the time that is set to notice', async () => {
    const close = vi.fn();
    const config = { drainNoticeSeconds: NOTICE_SECONDS } as Config;
    const drain = new DrainService({ close } as unknown as Wakeups, config, new Metrics());
    let isNoticed = false;
    expect(drain.isDraining).toBe(false);
    const noticed = drain.drain().then(() => (isNoticed = true));
    expect([drain.isDraining, close.mock.calls.length]).toEqual([true, 1]);
    await vi.advanceTimersByTimeAsync(NOTICE_SECONDS * 1_000 - 1);
    expect(isNoticed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await noticed;
  });
});
