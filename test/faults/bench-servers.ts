import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Client } from 'pg';

import { waitUntil } from '../../scripts/flower/ports.mjs';
import { giveTo, PostgresHome, SUPERUSER } from '../support/postgres-home';
import { PostgresInstance } from '../support/postgres-instance';

/** So few that they can be exhausted; a standby takes no fewer than the cluster was made with. */
const MOST_CONNECTIONS = 100;
/** Some 250 are the write-ahead log; each F26 adds 66 until autovacuum comes. */
const DISK_MEBIBYTES = 2_048;
const SYNCHRONOUS_MILLISECONDS = 30_000;
const LOOK_MILLISECONDS = 50;
const SETTINGS = [
  `max_connections=${MOST_CONNECTIONS}`,
  ...['wal_keep_size=128MB', 'max_wal_size=192MB', 'wal_retrieve_retry_interval=500ms'],
];
const SYNCHRONOUS_STANDBYS = `select current_setting('synchronous_standby_names') as names`;
const FOLLOWERS = `select count(*)::int as count from pg_stat_replication where sync_state = 'sync'`;

/** A primary and a standby that its commits wait for, each on a disk of its own where the user may have that. */
export class BenchServers {
  private constructor(
    private readonly home: PostgresHome,
    readonly all: readonly PostgresInstance[],
    /** False: the disks are those of the machine, which nobody fills up. */
    readonly hasOwnDisks: boolean,
    private leader: PostgresInstance,
    /** True: the other one was the primary a moment ago, and may think that it still is. */
    private isStandbyOutdated = false,
  ) {}

  static async start(): Promise<BenchServers> {
    const home = await PostgresHome.create();
    try {
      const hasOwnDisks = await makeDisks(home);
      const first = await home.initialise('disk-1/data');
      const second = await home.copy(first, 'disk-2/data');
      const primary = await PostgresInstance.start(home, first, SETTINGS);
      await makeStandby(home, second);
      const standby = await PostgresInstance.start(home, second, followerOf(home, primary));
      const servers = new BenchServers(home, [primary, standby], hasOwnDisks, primary);
      await servers.waitForStandby();
      return servers;
    } catch (cause) {
      await home.remove();
      throw cause;
    }
  }

  get primary(): PostgresInstance {
    return this.leader;
  }

  get standby(): PostgresInstance {
    return this.all.find((server) => server !== this.leader)!;
  }

  /** Of the superuser; several servers if there are several ports. */
  urlOf(...ports: readonly number[]): string {
    const hosts = ports.map((port) => `127.0.0.1:${port}`);
    return `postgres://${SUPERUSER}:${this.home.password}@${hosts.join(',')}/postgres`;
  }

  /** For errors: what both said last. */
  describe(): string {
    return `primary: ${this.leader.describe()}\nstandby: ${this.standby.describe()}`;
  }

  /** Makes the standby the primary; resolves when it takes writes. The old primary is to be out of the way by now. */
  async promote(): Promise<void> {
    await this.standby.query('select pg_promote()');
    this.leader = this.standby;
    this.isStandbyOutdated = true;
  }

  /** Fences the old primary, whatever it does, and has it follow the new one with a copy of that one's data. */
  async rebuildStandby(): Promise<void> {
    const { standby, leader } = this;
    await standby.kill();
    await this.copyFromPrimary(standby.data);
    await makeStandby(this.home, standby.data);
    await standby.start(followerOf(this.home, leader));
    // its copy of the primary's settings is not to hold once it is the primary itself
    await standby.query('alter system reset synchronous_standby_names');
    await standby.query('select pg_reload_conf()');
    this.isStandbyOutdated = false;
    await this.waitForStandby();
  }

  /** A base backup of the primary as it is, into a new folder of the server's user. */
  private async copyFromPrimary(folder: string): Promise<void> {
    const client = new Client({ connectionString: this.leader.url, application_name: 'bench' });
    await client.connect();
    try {
      await client.query(`select pg_backup_start('bench', true)`);
      await rm(folder, { recursive: true, force: true });
      await copyLive(this.leader.data, folder); // what was written since is in the log
      await rm(join(folder, 'postmaster.pid'), { force: true });
      const stop = 'select labelfile from pg_backup_stop(false)';
      const { rows } = await client.query<{ labelfile: string }>(stop);
      const label = join(folder, 'backup_label');
      await writeFile(label, rows[0]!.labelfile);
      await giveTo(this.home.owner, label);
    } finally {
      await client.end();
    }
  }

  /** A base backup of the primary as it is, and a server on it that follows nobody. */
  async restoreBackup(): Promise<PostgresInstance> {
    const data = join(this.home.folder, 'restored');
    await this.copyFromPrimary(data);
    // it follows nobody, so the log up to the end of the backup, which was written after its files, has to come along
    await copyLive(join(this.leader.data, 'pg_wal'), join(data, 'pg_wal'));
    return PostgresInstance.start(this.home, data, SETTINGS);
  }

  /** Whatever has happened: both run, and commits wait for the standby. */
  async heal(): Promise<void> {
    this.leader.resume();
    if (!this.leader.isRunning) await this.leader.start();
    this.standby.resume();
    const isOfUse = this.standby.isRunning && !this.isStandbyOutdated;
    await (isOfUse ? this.waitForStandby() : this.rebuildStandby());
  }

  async stop(): Promise<void> {
    for (const server of this.all) server.resume();
    await this.home.remove();
  }

  /** From now on a commit is acknowledged when the standby has it. */
  private async waitForStandby(): Promise<void> {
    const { leader } = this;
    // autovacuum's wait begins anew with each reload: healed every 20 s, a server would hardly ever be vacuumed
    if (!(await waitsForStandby(leader))) {
      await leader.query(`alter system set synchronous_standby_names = '*'`);
      await leader.query('select pg_reload_conf()');
    }
    const follows = async (): Promise<boolean> => {
      const [row] = await leader.query<{ count: number }>(FOLLOWERS).catch(() => []);
      return row?.count === 1;
    };
    const limits = { timeoutMs: SYNCHRONOUS_MILLISECONDS, pollMs: LOOK_MILLISECONDS };
    await waitUntil('a synchronous standby', follows, limits);
  }
}

async function waitsForStandby(leader: PostgresInstance): Promise<boolean> {
  const [row] = await leader.query<{ names: string }>(SYNCHRONOUS_STANDBYS);
  return row?.names === '*';
}

/** Copies a folder of a server that runs, over what is there: files may vanish meanwhile. */
async function copyLive(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-aT', from, to]).catch(() => undefined);
}

async function makeDisks(home: PostgresHome): Promise<boolean> {
  try {
    await home.newDisk('disk-1', DISK_MEBIBYTES);
    await home.newDisk('disk-2', DISK_MEBIBYTES);
    return true;
  } catch {
    await home.newFolder('disk-1').catch(() => undefined);
    await home.newFolder('disk-2').catch(() => undefined);
    return false;
  }
}

async function makeStandby(home: PostgresHome, data: string): Promise<void> {
  const signal = join(data, 'standby.signal');
  await writeFile(signal, '');
  await giveTo(home.owner, signal);
}

function followerOf(home: PostgresHome, leader: PostgresInstance): string[] {
  const connection = `host=127.0.0.1 port=${leader.port} user=${SUPERUSER} password=${home.password}`;
  return [...SETTINGS, `primary_conninfo=${connection}`];
}
