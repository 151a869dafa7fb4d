import { type DataSource, MigrationExecutor } from 'typeorm';

import { createDataSource, type DataSourceSettings } from './data-source';
import { MIGRATIONS } from './migrations/migrations';

/** Any constant of our own: all replicas that migrate meet at this lock. */
const MIGRATION_LOCK = 7_203_518_846;

/** The database was migrated by a newer release than this program. */
export class SchemaTooNewError extends Error {
  constructor(unknown: readonly string[]) {
    super(
      `The database has a newer schema than this program knows (${unknown.join(', ')}). ` +
        'Start the newer release of superlink-ha, or use another database.',
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
 * does the work and the others find it done. Throws SchemaTooNewError before it changes anything.
 */
export async function migrate(url: string): Promise<{ applied: string[] }> {
  const dataSource = await createDataSource({ url, poolSize: 2 }).initialize();
  try {
    return { applied: await migrateUnderLock(dataSource) };
  } finally {
    await dataSource.destroy();
  }
}

/** Throws SchemaTooOldError or SchemaTooNewError unless the schema is exactly this program's. */
export async function checkSchema(dataSource: DataSource): Promise<void> {
  const applied = await appliedNames(dataSource);
  refuseNewer(applied);
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

/** Name of the last migration that this program knows: with checkSchema passed, the schema of its database. */
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
    refuseNewer(await appliedNames(dataSource));
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

async function appliedNames(dataSource: DataSource): Promise<string[]> {
  const [table] = await dataSource.query<{ found: string | null }[]>(
    `select to_regclass('schema_migration') as found`,
  );
  if (table === undefined || table.found === null) return [];
  const rows = await dataSource.query<{ name: string }[]>('select name from schema_migration');
  return rows.map((row) => row.name);
}

function refuseNewer(applied: readonly string[]): void {
  const known = knownNames();
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new SchemaTooNewError(unknown);
}

function knownNames(): string[] {
  return MIGRATIONS.map((migration) => migration.name);
}
