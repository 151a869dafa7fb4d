import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

import { StartFailure } from './start-failure';

/** The operating system's user that PostgreSQL runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** In this order; `nobody` exists on every bare machine and lets root start without adding a user to it. */
const CANDIDATES = ['postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root, so root runs it as another user: the one that owns `clusterDirectory` already,
 * else `postgres`, else `nobody`. Undefined if we aren't root: it runs as ourselves. Throws StartFailure.
 */
export function postgresAccount(clusterDirectory: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(clusterDirectory, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of CANDIDATES) {
    const account = accountNamed(name);
    if (account !== undefined) return account;
  }
  throw new StartFailure(
    'PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as. ' +
      'Start superlink as another user, or name a PostgreSQL with --database.',
  );
}

/** True if `account` can run the file at `path`, which needs every folder above it to let it through. */
export function canExecute(path: string, account: Account | undefined): boolean {
  return spawnSync(path, ['--version'], { ...account, stdio: 'ignore' }).status === 0;
}

function accountNamed(name: string): Account | undefined {
  const id = (flag: string) =>
    Number(
      execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
