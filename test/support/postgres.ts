import { randomBytes } from 'node:crypto';

import { Client, DatabaseError, escapeIdentifier } from 'pg';
import { inject } from 'vitest';

const OBJECT_IN_USE = '55006';

/** A database of one test file. */
export interface TestDatabase {
  /** postgres:// URL of its owner, who may do everything. */
  readonly url: string;
  /** Deletes it. Rejects, after deleting it all the same, when the test left a connection open. */
  drop(): Promise<void>;
}

/** A fresh database with the schema of this program; the server is the one of the project's set-up. */
export async function createDatabase(): Promise<TestDatabase> {
  return copyOf(inject('postgresTemplate'));
}

/** A fresh database without any table, for tests of the migrations. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return copyOf('template0');
}

async function copyOf(template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin((admin) =>
    admin.query(statement`create database ${name} with template ${template}`),
  );
  const url = new URL(inject('postgresAdminUrl'));
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => asAdmin((admin) => dropDatabase(admin, name)) };
}

async function dropDatabase(admin: Client, name: string): Promise<void> {
  try {
    // PostgreSQL itself waits up to 5 s for sessions that are about to end.
    await admin.query(statement`drop database ${name}`);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== OBJECT_IN_USE) throw error;
    const sessions = await admin.query<{ session: string }>(
      `select format('%s: %s', application_name, query) as session
         from pg_stat_activity where datname = $1::text`,
      [name],
    );
    await admin.query(statement`drop database ${name} with (force)`);
    const left = sessions.rows.map(({ session }) => session).join('\n');
    throw new Error(`the test left connections open:\n${left}`, { cause: error });
  }
}

async function asAdmin<Result>(work: (admin: Client) => Promise<Result>): Promise<Result> {
  const admin = new Client({ connectionString: inject('postgresAdminUrl') });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** Names of databases can't be parameters: each is quoted. */
function statement(text: TemplateStringsArray, ...names: readonly string[]): string {
  return String.raw({ raw: text }, ...names.map((name) => escapeIdentifier(name)));
}
