import { useCluster } from '../../support/cluster';

const LISTENERS = `select count(*) from pg_stat_activity
  where application_name = 'superlink listen' and datname = current_database()`;
/** More than the buffers of a connection take: some 28 MB. */
const FLOOD = `select count(pg_notify('superlink', i || repeat('x', 7000))) from generate_series(1, 4000) i`;
const SILENCE = { timeout: 60_000, interval: 500 };
const REVIVAL = { timeout: 10_000, interval: 200 };

describe('a replica that takes no notifications, for it is stopped', () => {
  const cluster = useCluster({ count: 1 });

  it('loses its session, so that PostgreSQL need not keep them, and listens again when it goes on', async () => {
    const [replica] = cluster.replicas;
    await vi.waitFor(async () => expect(await cluster.count(LISTENERS)).toBe(1), REVIVAL);
    replica!.pause();
    try {
      await cluster.query(FLOOD);
      await vi.waitFor(async () => expect(await cluster.count(LISTENERS)).toBe(0), SILENCE);
    } finally {
      replica!.resume();
    }
    await vi.waitFor(async () => expect(await cluster.count(LISTENERS)).toBe(1), REVIVAL);
  });
});
