import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { type Account, canExecute, postgresAccount } from './postgres-account';
import type { PostgresBinaries } from './postgres-binaries';
import { StartFailure } from './start-failure';

const run = promisify(execFile);

/** User and database of the embedded PostgreSQL. */
export const SUPERUSER = 'superlink';

/** A cluster on disk that a server can be started on. */
export interface Cluster {
  /** PostgreSQL's own folder. */
  readonly directory: string;
  /** Folder with the executables. */
  readonly bin: string;
  readonly account: Account | undefined;
  readonly password: string;
}

/**
 * Finds or makes the cluster in `dataDirectory`. A new one gets its name only when it is complete, so that a start
 * that was interrupted leaves nothing half-made. The caller holds the directory's lock. Throws StartFailure.
 */
export async function prepareCluster(
  dataDirectory: string,
  binaries: PostgresBinaries,
): Promise<Cluster> {
  const directory = join(dataDirectory, 'postgres');
  const account = postgresAccount(directory);
  const bin = executablesFor(account, binaries, dataDirectory);
  const cluster = { directory, bin, account, password: passwordIn(dataDirectory) };
  if (existsSync(join(directory, 'PG_VERSION'))) checkVersion(directory, binaries.version);
  else await initialise(cluster);
  return cluster;
}

/** Makes the folder for all of it: root's must let the other user through. */
export function makeDataDirectory(dataDirectory: string): void {
  const isRoot = process.getuid?.() === 0;
  try {
    mkdirSync(dirname(dataDirectory), { recursive: true });
    mkdirSync(dataDirectory, { recursive: true, mode: isRoot ? 0o755 : 0o700 });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new StartFailure(
      `The data directory ${dataDirectory} cannot be made (${reason}). Choose another with --data-directory.`,
    );
  }
}

/** Copies the executables beside the data if the user they must run as can't reach ours, as under /root. */
function executablesFor(
  account: Account | undefined,
  { folder, version }: PostgresBinaries,
  dataDirectory: string,
): string {
  const bin = join(folder, 'bin');
  if (canExecute(join(bin, 'postgres'), account)) return bin;
  const copy = join(dataDirectory, `program-${version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    cpSync(folder, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, copy);
  }
  if (canExecute(join(copy, 'bin', 'postgres'), account)) return join(copy, 'bin');
  throw new StartFailure(
    `The embedded PostgreSQL cannot be run from ${dataDirectory}: its user has no way through one of the folders ` +
      'above, or the binaries do not fit this system. Choose another --data-directory, or use --database.',
  );
}

function passwordIn(dataDirectory: string): string {
  const file = join(dataDirectory, 'password');
  if (!existsSync(file)) {
    const unfinished = `${file}.new`;
    rmSync(unfinished, { force: true });
    writeFileSync(unfinished, randomBytes(24).toString('base64url'), { mode: 0o600 });
    renameSync(unfinished, file);
  }
  return readFileSync(file, 'utf8');
}

async function initialise({ directory, bin, account, password }: Cluster): Promise<void> {
  const unfinished = `${directory}.new`;
  const passwordFile = `${directory}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account !== undefined) {
    chownSync(unfinished, account.uid, account.gid);
    chownSync(passwordFile, account.uid, account.gid);
  }
  const settings = ['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256'];
  const who = [`--username=${SUPERUSER}`, `--pwfile=${passwordFile}`];
  try {
    await run(join(bin, 'initdb'), [`--pgdata=${unfinished}`, ...who, ...settings], {
      ...account,
      cwd: '/',
    });
  } catch (error) {
    throw new StartFailure(`The embedded PostgreSQL could not be set up: ${lastLine(error)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, directory);
}

function checkVersion(directory: string, version: string): void {
  const found = readFileSync(join(directory, 'PG_VERSION'), 'utf8').trim();
  const [known = ''] = version.split('.');
  if (found === known) return;
  throw new StartFailure(
    `The data in ${directory} is of PostgreSQL ${found}, the installed one is ${known}. ` +
      'Move it with pg_dump and pg_restore, or choose another --data-directory.',
  );
}

function lastLine(error: unknown): string {
  const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return output.trim().split('\n').at(-1) ?? '';
}
