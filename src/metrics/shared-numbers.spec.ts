import type { Database } from '../database/database';
import { sql } from '../database/sql';
import { Metrics } from './metrics';
import { SharedNumbers } from './shared-numbers';

const SELECT = sql`select 'nodes' as metric, 'online' as label, 1::double precision as value`;

/** Stands for the database: `answer` gives what the statement yields. */
function numbersFrom(answer: () => Promise<unknown>): { numbers: SharedNumbers; metrics: Metrics } {
  const metrics = new Metrics();
  const numbers = new SharedNumbers({ transaction: answer } as unknown as Database, metrics);
  numbers.add({
    gauges: [
      {
        name: 'nodes',
        help: 'x',
        label: { name: 'status', values: ['online', 'lost'] },
        without: 0,
      },
      { name: 'bytes', help: 'x' },
    ],
    select: SELECT,
  });
  return { numbers, metrics };
}

const NODES = [{ metric: 'nodes', label: 'online', value: 3 }];

describe('numbers of the whole database', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are asked for once in five seconds, however many scrape', async () => {
    const answer = vi.fn(() => Promise.resolve(NODES));
    const { numbers } = numbersFrom(answer);
    await Promise.all([numbers.refresh(), numbers.refresh()]);
    vi.advanceTimersByTime(4_900);
    await numbers.refresh();
    expect(answer).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(200);
    await numbers.refresh();
    expect(answer).toHaveBeenCalledTimes(2);
  });

  it('have the values that there are rows for, and of the other ones what stands for nothing', async () => {
    const { numbers, metrics } = numbersFrom(() => Promise.resolve(NODES));
    await numbers.refresh();
    const text = await metrics.text();
    expect(text).toContain('superlink_nodes{status="online"} 3');
    expect(text).toContain('superlink_nodes{status="lost"} 0');
    expect(text).not.toMatch(/^superlink_bytes /m);
    expect(text).toContain('superlink_database_up 1');
  });

  it('show no label that was not foreseen', async () => {
    const rows = [{ metric: 'nodes', label: 'evil', value: 1 }];
    const { numbers, metrics } = numbersFrom(() => Promise.resolve(rows));
    await numbers.refresh();
    expect(await metrics.text()).not.toContain('evil');
  });

  it('are not shown while the database is away, and come back with it', async () => {
    let isAway = false;
    const { numbers, metrics } = numbersFrom(() =>
      isAway ? Promise.reject(new RangeError('away')) : Promise.resolve(NODES),
    );
    await numbers.refresh();
    isAway = true;
    vi.advanceTimersByTime(6_000);
    await numbers.refresh();
    expect(await metrics.text()).not.toMatch(/^superlink_nodes/m);
    expect(await metrics.text()).toContain('superlink_database_up 0');
    isAway = false;
    await numbers.refresh();
    expect(await metrics.text()).toContain('superlink_nodes{status="online"} 3');
  });

  it('are waited for one second, and asked for by one statement at a time', async () => {
    let resolve: (rows: unknown) => void = () => undefined;
    const late = new Promise<unknown>((done) => (resolve = done));
    const answer = vi.fn(() => late);
    const { numbers, metrics } = numbersFrom(answer);
    for (const scrape of [numbers.refresh(), numbers.refresh()]) {
      await vi.advanceTimersByTimeAsync(1_000);
      await scrape;
    }
    expect(await metrics.text()).toContain('superlink_database_up 0');
    expect(answer).toHaveBeenCalledTimes(1);
    resolve(NODES);
    await numbers.refresh();
    expect(await metrics.text()).toContain('superlink_database_up 1');
  });
});
