import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { giveTo, PostgresHome, SUPERUSER } from './postgres-home';
import { PostgresInstance } from './postgres-instance';

/** A primary whose commits wait for the standby, so that no acknowledged one can be lost with it. */
export class PostgresPair {
  private constructor(
    private readonly home: PostgresHome,
    readonly primary: PostgresInstance,
    readonly standby: PostgresInstance,
  ) {}

  static async start(): Promise<PostgresPair> {
    const home = await PostgresHome.create();
    try {
      const data = await home.initialise('primary');
      // copied before the first start: what pg_basebackup would give, without Debian's server packages
      const copy = await home.copy(data, 'standby');
      // also keeps what the standby still has to read
      const primary = await PostgresInstance.start(home, data, ['wal_keep_size=1GB']);
      await makeStandby(home, copy);
      const standby = await PostgresInstance.start(home, copy, followerOf(home, primary));
      await primary.query(`alter system set synchronous_standby_names = '*'`);
      await primary.query('select pg_reload_conf()');
      return new PostgresPair(home, primary, standby);
    } catch (cause) {
      await home.remove();
      throw cause;
    }
  }

  /** Both servers in one URL, the first primary first. */
  get url(): string {
    return `postgres://${SUPERUSER}:${this.home.password}@${this.primary.address},${this.standby.address}/postgres`;
  }

  /** Makes the standby the primary; resolves when it takes writes. */
  async promote(): Promise<void> {
    await this.standby.query('select pg_promote()');
  }

  /** The first primary, dead until now, comes back as a server that can only be read. */
  async returnAsStandby(): Promise<void> {
    await makeStandby(this.home, this.primary.data);
    await this.primary.start(followerOf(this.home, this.standby));
  }

  async stop(): Promise<void> {
    await this.home.remove();
  }
}

async function makeStandby(home: PostgresHome, data: string): Promise<void> {
  const signal = join(data, 'standby.signal');
  await writeFile(signal, '');
  await giveTo(home.owner, signal);
}

function followerOf(home: PostgresHome, leader: PostgresInstance): string[] {
  return [
    `primary_conninfo=host=127.0.0.1 port=${leader.port} user=${SUPERUSER} password=${home.password}`,
  ];
}
