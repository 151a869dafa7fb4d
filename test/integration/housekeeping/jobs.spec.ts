import { Pool } from 'pg';

import type { Transaction } from '../../../src/database/database';
import { sql } from '../../../src/database/sql';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { type Housekeeper, newGate, oftenDone, startHousekeeper } from './housekeeper.fixture';

const WHO_AM_I = { name: 'test-who-am-i', text: sql`select pg_backend_pid() as pid` };
/** A few turns of a job, however busy the machine is. */
const SOON_MILLISECONDS = 5_000;

describe('the jobs of two replicas', () => {
  let database: TestDatabase;
  let admin: Pool;
  let housekeepers: Housekeeper[] = [];

  beforeAll(async () => {
    database = await createDatabase();
    admin = new Pool({ connectionString: database.url, max: 1 });
  });
  afterEach(async () => {
    await Promise.all(housekeepers.map((each) => each.close()));
    housekeepers = [];
  });
  afterAll(async () => {
    await admin.end();
    await database.drop();
  });

  /** Two replicas with the job `shared`, and one more each that tells that it is alive. */
  async function startBoth(shared: (replica: number, tx: Transaction) => Promise<void>) {
    const turns = [0, 0];
    housekeepers = await Promise.all(
      [0, 1].map((replica) =>
        startHousekeeper(database.url, [
          oftenDone('shared', (tx) => shared(replica, tx)),
          oftenDone(`alone ${replica}`, () => void (turns[replica]! += 1)),
        ]),
      ),
    );
    return turns;
  }

  it('are done by one of them at a time, and by either', async () => {
    const [entries, gate] = [[0, 0], newGate()];
    let [inside, most] = [0, 0];
    const turns = await startBoth(async (replica) => {
      entries[replica]! += 1;
      inside += 1;
      most = Math.max(most, inside);
      await gate.passed;
      inside -= 1;
    });
    await vi.waitUntil(() => inside > 0, SOON_MILLISECONDS);
    const before = [...turns];
    // both have had many turns since, so the other one has come to the shared job, too
    await vi.waitUntil(
      () => turns.every((count, replica) => count > before[replica]! + 20),
      30_000,
    );
    expect(entries.toSorted()).toEqual([0, 1]);
    gate.open();
    await vi.waitUntil(() => entries.every((count) => count > 2), 30_000);
    expect(most).toBe(1);
  });

  it('go on within seconds when the session of the one that does them has ended', async () => {
    const [hung, pids] = [newGate(), new Map<number, number>()];
    const entered = new Set<number>();
    await startBoth(async (replica, tx) => {
      entered.add(replica);
      if (pids.size > 0) return;
      const [row] = await tx.query<{ pid: number }>(WHO_AM_I);
      pids.set(replica, row!.pid);
      await hung.passed;
    });
    await vi.waitUntil(() => pids.size > 0, SOON_MILLISECONDS);
    const [[hanging, pid]] = [...pids] as [[number, number]];
    expect([...entered]).toEqual([hanging]);
    await admin.query('select pg_terminate_backend($1)', [pid]);
    await vi.waitUntil(() => entered.has(1 - hanging), SOON_MILLISECONDS);
    hung.open();
  });
});

describe('a job that never succeeds', () => {
  it('is counted, tried again, and keeps no other job from its turns', async () => {
    const database = await createDatabase();
    let others = 0;
    const fails = () =>
      Promise.reject(Object.assign(new Error('statement time-out'), { code: '57014' }));
    const housekeeper = await startHousekeeper(database.url, [
      { name: 'broken', everyMilliseconds: 10, run: fails },
      oftenDone('other', () => void (others += 1)),
    ]);
    try {
      await vi.waitUntil(() => others > 20, 30_000);
      await expect
        .poll(() => housekeeper.metrics(), { timeout: 30_000 })
        .toMatch(/superlink_housekeeping_failures_total\{job="broken"\} ([6-9]|\d\d)/);
      expect(await housekeeper.metrics()).toContain(
        'superlink_housekeeping_failures_total{job="other"} 0',
      );
    } finally {
      await housekeeper.close();
      await database.drop();
    }
  });
});

describe('a job with much to do', () => {
  it('has a turn soon after the start, and goes on soon while there is more', async () => {
    const database = await createDatabase();
    let steps = 0;
    const run = () => {
      steps += 1;
      return Promise.resolve({ rows: 3, hasMore: steps < 120 });
    };
    const job = { name: 'long', everyMilliseconds: 3_600_000, run };
    const housekeeper = await startHousekeeper(database.url, [job]);
    try {
      await vi.waitUntil(() => steps >= 120, 30_000);
      await expect
        .poll(() => housekeeper.metrics())
        .toContain('superlink_housekeeping_rows_total{job="long"} 360');
    } finally {
      await housekeeper.close();
      await database.drop();
    }
  });
});
