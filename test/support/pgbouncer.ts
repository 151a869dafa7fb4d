import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePorts } from '../../scripts/flower/ports.mjs';
import { findOwner, giveTo, type Owner } from './postgres-home';

/** Debian keeps it where only root looks. */
const PROGRAM = '/usr/sbin/pgbouncer';
/** Fewer than the replicas' own connections, so that each of those meets many servers. */
const SERVER_CONNECTIONS = 3;
/** Reads until its parent closes the pipe or dies, then kills the pooler `$0`. */
const GUARD_SCRIPT = 'read -r _; kill -KILL "$0"';

/** A PgBouncer in transaction mode, as docs/high-availability.md sets it up. */
export class PgBouncer {
  private child: ChildProcess | undefined;
  private guard: ChildProcess | undefined;

  private constructor(
    private readonly target: URL,
    private readonly folder: string,
    private readonly owner: Owner,
    private readonly port: number,
  ) {}

  /** One in front of the server of `databaseUrl`, with its user. */
  static async start(databaseUrl: string): Promise<PgBouncer> {
    const folder = await mkdtemp(join(tmpdir(), 'superlink-pgbouncer-'));
    const [port = 0] = await freePorts(1);
    const owner = await findOwner();
    const pooler = new PgBouncer(new URL(databaseUrl), folder, owner, port);
    await pooler.configure();
    await pooler.start();
    return pooler;
  }

  /** The database's URL through the pooler. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String(this.port);
    return url.href;
  }

  async start(): Promise<void> {
    const child = spawn(PROGRAM, [join(this.folder, 'pgbouncer.ini')], {
      ...this.owner,
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child = child;
    this.guard = spawn('sh', ['-c', GUARD_SCRIPT, String(child.pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    await untilUp(child);
  }

  async kill(): Promise<void> {
    const ended = once(this.child!, 'exit');
    this.child!.kill('SIGKILL');
    await ended;
    this.guard!.kill('SIGKILL');
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async configure(): Promise<void> {
    const { hostname, port, username, password } = this.target;
    const settings = `
      [databases]
      * = host=${hostname} port=${port}
      [pgbouncer]
      pool_mode = transaction
      listen_addr = 127.0.0.1
      listen_port = ${this.port}
      unix_socket_dir =
      auth_type = scram-sha-256
      auth_file = ${join(this.folder, 'users.txt')}
      default_pool_size = ${SERVER_CONNECTIONS}
      idle_transaction_timeout = 15
      `;
    await writeFile(join(this.folder, 'pgbouncer.ini'), settings.replace(/^ +/gm, ''));
    await writeFile(join(this.folder, 'users.txt'), `"${username}" "${password}"\n`);
    await chmod(this.folder, 0o700);
    await giveTo(this.owner, this.folder);
  }
}

/** Reads the log for the pooler's whole life: a full pipe would stop it. */
function untilUp(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-4_000);
      if (log.includes('process up')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`PgBouncer did not start:\n${log}`));
    });
  });
}
