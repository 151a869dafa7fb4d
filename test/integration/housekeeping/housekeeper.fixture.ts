import type { Pool } from 'pg';
import pino from 'pino';

import { connectionTurns } from '../../../src/database/connection-turns';
import { createDataSource } from '../../../src/database/data-source';
import { Database, type Transaction } from '../../../src/database/database';
import { DatabaseMeter } from '../../../src/database/database-meter';
import { Housekeeping, type HousekeepingJob } from '../../../src/housekeeping/housekeeping';
import { Metrics } from '../../../src/metrics/metrics';

/** The housekeeping of one replica, without the rest of it. */
export interface Housekeeper {
  /** What its replica would tell Prometheus. */
  metrics(): Promise<string>;
  close(): Promise<void>;
}

const POOL_SIZE = 4;

/** Runs `jobs` on the database at `url` as a replica does. */
export async function startHousekeeper(
  url: string,
  jobs: readonly HousekeepingJob[],
): Promise<Housekeeper> {
  const dataSource = await createDataSource({ url, poolSize: POOL_SIZE }).initialize();
  const { master: pool } = dataSource.driver as unknown as { master: Pool };
  const metrics = new Metrics();
  const turns = connectionTurns(POOL_SIZE);
  const database = new Database(pool, turns, new DatabaseMeter(metrics, pool, turns));
  const housekeeping = new Housekeeping(database, pino({ level: 'silent' }), metrics);
  for (const job of jobs) housekeeping.add(job);
  housekeeping.onApplicationBootstrap();
  return {
    metrics: () => metrics.text(),
    close: async () => {
      await housekeeping.beforeApplicationShutdown();
      await dataSource.destroy();
    },
  };
}

/** A job that has its turn every 10 ms and does `work` in one step. */
export function oftenDone(
  name: string,
  work: (tx: Transaction) => Promise<void> | void,
): HousekeepingJob {
  return {
    name,
    everyMilliseconds: 10,
    run: async (tx) => {
      await work(tx);
      return { rows: 1, hasMore: false };
    },
  };
}

/** What some wait for until somebody opens it. */
export interface Gate {
  readonly passed: Promise<void>;
  open(): void;
}

export function newGate(): Gate {
  let open!: () => void;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}
