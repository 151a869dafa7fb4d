import { setTimeout as pause } from 'node:timers/promises';

import { type DataSource, type EntityManager, MigrationExecutor } from 'typeorm';

import { createDataSource, type DataSourceSettings } from './data-source';
import { errorCode } from './database-errors';
import { MIGRATIONS } from './migrations/migrations';

/** Any constant of our own: all replicas that migrate meet at this lock. */
const MIGRATION_LOCK = 7_203_518_846;

/** A blocked statement blocks every later call that wants the same table, so it gives way after this. */
const LOCK_TIMEOUT = '1s';
const PAUSE_MILLISECONDS = 500;
const MOST_ATTEMPTS = 80;
/** lock_timeout, and a deadlock with calls that go on meanwhile: nothing was done. */
const GAVE_WAY = new Set(['55P03', '40P01']);

/** The database was migrated by a release that this program cannot run beside. */
export class SchemaTooNewError extends Error {
  constructor(unknown: readonly string[]) {
    super(
      `The database has a newer schema than this program can serve (${unknown.join(', ')}). ` +
        'Start the newer release of superlink-ha, or use another database.',
    );
  }
}

/** Something holds a table that the migrations change, and does not let go. */
export class MigrationBlockedError extends Error {
  constructor(cause: unknown) {
    super(
      'The migrations found a table locked at every attempt, and changed nothing. ' +
        'End the long transaction (see pg_stat_activity), then try again.',
      { cause },
    );
  }
}

/** The database lacks migrations and this start may not run them. */
export class SchemaTooOldError extends Error {
  constructor(missing: readonly string[]) {
    super(
      `The database lacks the migrations ${missing.join(', ')}. ` +
        'Run `superlink migrate`, or start without --no-migrate.',
    );
  }
}

/**
 * Brings the schema of the database at `url` up to date, under an advisory lock: of many that start at once one
 * does the work and the others find it done. Replicas may serve meanwhile. Throws SchemaTooNewError before it changes
 * anything, and MigrationBlockedError if something holds a table through all `attempts`, by default two minutes.
 */
export async function migrate(
  url: string,
  { attempts = MOST_ATTEMPTS } = {},
): Promise<{ applied: string[] }> {
  const dataSource = await createDataSource({ url, poolSize: 2, isPatient: true }).initialize();
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return { applied: await migrateUnderLock(dataSource) };
      } catch (error) {
        if (!GAVE_WAY.has(errorCode(error))) throw error;
        if (attempt >= attempts) throw new MigrationBlockedError(error);
        await pause(PAUSE_MILLISECONDS);
      }
    }
  } finally {
    await dataSource.destroy();
  }
}

/** Throws SchemaTooOldError or SchemaTooNewError unless this program can serve the schema. */
export async function checkSchema(dataSource: DataSource): Promise<void> {
  const applied = await readApplied(dataSource.manager);
  const missing = knownNames().filter((name) => !applied.includes(name));
  if (missing.length > 0) throw new SchemaTooOldError(missing);
}

/** The same for a database that nothing has connected to yet. */
export async function checkSchemaAt(
  where: Pick<DataSourceSettings, 'url' | 'isPooled'>,
): Promise<void> {
  const dataSource = await createDataSource({ ...where, poolSize: 1 }).initialize();
  try {
    await checkSchema(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/** Name of the last migration that this program knows. */
export function newestMigration(): string {
  return knownNames().at(-1) ?? '';
}

async function migrateUnderLock(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    // the others wait here for as long as the winner's migrations take
    await runner.query('set local lock_timeout = 0');
    await runner.query('set local statement_timeout = 0');
    await runner.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await runner.query("select set_config('lock_timeout', $1, true)", [LOCK_TIMEOUT]);
    await readApplied(runner.manager);
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'none'; // ours holds the lock and all migrations
    const done = await executor.executePendingMigrations();
    await runner.commitTransaction();
    return done.map((migration) => migration.name);
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    throw error;
  } finally {
    await runner.release();
  }
}

/** Names of the migrations that the database has. Throws SchemaTooNewError if one of them ended this release's time. */
async function readApplied(database: EntityManager): Promise<string[]> {
  const [found] = await database.query<{ applied: boolean; floor: boolean }[]>(
    `select to_regclass('schema_migration') is not null as applied,
            to_regclass('schema_floor') is not null as floor`,
  );
  if (found?.applied !== true) return [];
  const rows = await database.query<{ name: string }[]>('select name from schema_migration');
  const applied = rows.map(({ name }) => name);
  const known = knownNames();
  const unknown = applied.filter((name) => !known.includes(name));
  const floor = found.floor
    ? await database.query<{ migration: string }[]>('select migration from schema_floor')
    : [];
  const canServe = floor.some(({ migration }) => known.includes(migration));
  if (unknown.length > 0 && !canServe) throw new SchemaTooNewError(unknown);
  return applied;
}

function knownNames(): string[] {
  return MIGRATIONS.map((migration) => migration.name);
}
