import { TAKE_GARBAGE } from '../../../src/object-store/object-life.sql';
import { useCluster } from '../../support/cluster';
import { besideTransactionOn, FEW_PAGES, holdSnapshot, pagesReadBy } from './snapshots.fixture';

const MANY = 6_000;
const QUEUE = `
insert into object_garbage (object_id) select 'gone ' || i from generate_series(1, ${MANY}) i`;
const LEFT = 'select count(*) from object_garbage';
const COLLECT = { timeout: 30_000, interval: 100 };

describe('the queue of garbage', () => {
  const cluster = useCluster();
  const pagesFrom = (since: string): Promise<number> =>
    pagesReadBy(cluster.query, TAKE_GARBAGE, '64', '1000', `timestamptz '${since}'`);

  it('costs no more to look at while a snapshot holds what was taken from it before', async () => {
    await besideTransactionOn(cluster.database.url, async (backup) => {
      await holdSnapshot(backup);
      await cluster.query(QUEUE);
      await vi.waitFor(async () => expect(await cluster.count(LEFT)).toBe(0), COLLECT);
      const [row] = await cluster.query<{ now: string }>('select now()::text');
      expect(await pagesFrom(row!.now)).toBeLessThan(FEW_PAGES);
      expect(await pagesFrom('-infinity'), 'from the beginning').toBeGreaterThan(FEW_PAGES);
    });
  });
});
