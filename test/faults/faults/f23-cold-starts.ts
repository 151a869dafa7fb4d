import { Client } from 'pg';

import { MIGRATIONS } from '../../../src/database/migrations/migrations';
import { createEmptyDatabase } from '../../support/postgres';
import { killReplicas, startReplicas, type TestReplica } from '../../support/replicas';
import type { Fault } from '../fault';

const REPLICAS = 10;
/** On a quiet machine with a core for each; this one has to share two. */
const READY_SECONDS = 60;

async function migrationsIn(databaseUrl: string): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('select name from schema_migration');
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

async function coldStarts(databaseUrl: string): Promise<string[]> {
  const began = performance.now();
  let replicas: TestReplica[] = [];
  try {
    replicas = await startReplicas(REPLICAS, databaseUrl, ['--pool-size', '3']);
    const seconds = (performance.now() - began) / 1_000;
    const done = await migrationsIn(databaseUrl);
    const isOnce = done.join() === MIGRATIONS.map(({ name }) => name).join();
    return [
      ...(seconds <= READY_SECONDS ? [] : [`all were ready after ${seconds} s`]),
      ...(isOnce ? [] : [`migrations were done: ${done.join()}`]),
    ];
  } finally {
    await killReplicas(replicas);
  }
}

export const COLD_STARTS: Fault = {
  id: 'F23',
  name: 'ten replicas start at once on an empty database',
  async play(_, seed) {
    const began = performance.now();
    const database = await createEmptyDatabase();
    try {
      const broken = await coldStarts(database.url);
      return {
        ...{ fault: 'F23', name: COLD_STARTS.name, seed, passed: broken.length === 0, broken },
        ...{ stallSeconds: null, recoverySeconds: null, retries: null, stockStallSeconds: null },
        ...{ lost: null, doubled: null },
        ...{ seconds: (performance.now() - began) / 1_000, findings: [], told: [] },
      };
    } finally {
      await database.drop();
    }
  },
};
