import { Client } from 'pg';

import { MIGRATIONS } from '../../../src/database/migrations/migrations';
import { createEmptyDatabase } from '../../support/postgres';
import { killReplicas, startReplicas, type TestReplica } from '../../support/replicas';
import { withoutRun } from '../without-run';

const REPLICAS = 10;
/** Or as long as all would take one after the other: the machine may have two cores, and other work. */
const READY_SECONDS = 30;
const FLAGS = ['--pool-size', '3'];

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

/** Seconds that one takes to start where nobody else does and nothing is to be migrated. */
async function startAlone(databaseUrl: string): Promise<number> {
  const began = performance.now();
  await killReplicas(await startReplicas(1, databaseUrl, FLAGS));
  return (performance.now() - began) / 1_000;
}

async function coldStarts(databaseUrl: string): Promise<string[]> {
  const began = performance.now();
  let replicas: TestReplica[] = [];
  try {
    replicas = await startReplicas(REPLICAS, databaseUrl, FLAGS);
    const seconds = (performance.now() - began) / 1_000;
    await killReplicas(replicas.splice(0));
    const most = Math.max(READY_SECONDS, REPLICAS * (await startAlone(databaseUrl)));
    const done = await migrationsIn(databaseUrl);
    const isOnce = done.join() === MIGRATIONS.map(({ name }) => name).join();
    return [
      ...(seconds <= most ? [] : [`all were ready after ${seconds} s, not ${most} s`]),
      ...(isOnce ? [] : [`migrations were done: ${done.join()}`]),
    ];
  } finally {
    await killReplicas(replicas);
  }
}

export const COLD_STARTS = withoutRun({
  id: 'F23',
  name: 'ten replicas start at once on an empty database',
  async play() {
    const database = await createEmptyDatabase();
    try {
      return { broken: await coldStarts(database.url), told: [] };
    } finally {
      await database.drop();
    }
  },
});
