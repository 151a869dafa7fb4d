import { Client } from 'pg';
import type { TestProject } from 'vitest/node';

import { migrate } from '../../src/database/migrate';
import { type PostgresServer, startPostgresServer } from './postgres-server';

declare module 'vitest' {
  interface ProvidedContext {
    postgresAdminUrl: string;
    postgresTemplate: string;
  }
}

const TEMPLATE = 'superlink_template';

/** Vitest's globalSetup of the projects that need a database; what it returns is the tear-down. */
export default async function setUpPostgres(project: TestProject): Promise<() => Promise<void>> {
  return providePostgres(project, await startPostgresServer());
}

/** Lets the tests have `server`, whatever release it is; what it returns is the tear-down. */
export async function providePostgres(
  project: TestProject,
  server: PostgresServer,
): Promise<() => Promise<void>> {
  try {
    await createTemplate(server.adminUrl);
  } catch (cause) {
    await server.stop();
    throw cause;
  }
  project.provide('postgresAdminUrl', server.adminUrl);
  project.provide('postgresTemplate', TEMPLATE);
  return () => server.stop();
}

/** Migrates once per server: every test file then gets a copy, and never connects to this one. */
async function createTemplate(adminUrl: string): Promise<void> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query('create database superlink_template');
  } finally {
    await admin.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${TEMPLATE}`;
  await migrate(url.href);
}
