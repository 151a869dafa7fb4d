import type { Transaction } from '../database/database';
import type { Housekeeping, HousekeepingJob } from '../housekeeping/housekeeping';
import { ObjectCollector } from './object-collector';
import type { TakenGarbageRow } from './object-life.sql';
import type { ObjectStoreRepository } from './object-store.repository';

const EVER = '-infinity';

describe('the collector of objects', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => vi.useRealTimers());

  /** A step that finds what it is given; resolves with since when it looked. */
  function startCollector() {
    const collectGarbage = vi.fn<(...args: unknown[]) => Promise<TakenGarbageRow>>();
    let job!: HousekeepingJob;
    const housekeeping = { add: (added: HousekeepingJob) => (job = added) };
    const objects = { collectGarbage } as unknown as ObjectStoreRepository;
    new ObjectCollector(housekeeping as unknown as Housekeeping, objects).onModuleInit();
    return async (found: Partial<TakenGarbageRow>) => {
      const nothing = { object_ids: [], has_more: false, next_since: 'later' };
      collectGarbage.mockResolvedValueOnce({ ...nothing, ...found });
      const step = await job.run({} as Transaction);
      return { since: collectGarbage.mock.lastCall?.[1], step };
    };
  }

  it('looks at what was queued since it found nothing more, and through all of it at first', async () => {
    const look = startCollector();
    expect((await look({ next_since: '10:00' })).since).toBe(EVER);
    expect((await look({ next_since: '10:01' })).since).toBe('10:00');
    expect((await look({})).since).toBe('10:01');
  });

  it('leaves nothing out while there is more than a step takes', async () => {
    const look = startCollector();
    await look({ next_since: '10:00' });
    const full = await look({ object_ids: ['a', 'b'], has_more: true, next_since: '10:01' });
    expect(full.step).toEqual({ rows: 2, hasMore: true });
    expect((await look({})).since).toBe('10:00');
  });

  it('looks through all of it every 30 s: what was queued long before its commit was passed by', async () => {
    const look = startCollector();
    await look({});
    vi.advanceTimersByTime(29_000);
    expect((await look({})).since).toBe('later');
    vi.advanceTimersByTime(2_000);
    expect((await look({})).since).toBe(EVER);
    expect((await look({})).since).toBe('later');
  });
});
