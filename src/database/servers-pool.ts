import { Pool, type PoolClient, type PoolConfig } from 'pg';

import type { DatabaseServers } from './database-servers';

type Callback = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

/** A pool whose new connections go to the first of several servers that takes writes, without the caller's noticing. */
export class ServersPool extends Pool {
  private readonly servers: DatabaseServers;

  /** @param config its `Client` goes to the current one of `servers`, and leaves one that is of no use */
  constructor(config: PoolConfig & { readonly servers: DatabaseServers }) {
    super(config);
    this.servers = config.servers;
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<PoolClient> | undefined {
    if (callback !== undefined) {
      this.attempt(callback, this.servers.count);
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const settle: Callback = (error, client) => {
        if (client === undefined) reject(error ?? new RangeError('no connection'));
        else resolve(client);
      };
      this.attempt(settle, this.servers.count);
    });
  }

  private attempt(callback: Callback, attempts: number): void {
    const tried = this.servers.current;
    super.connect((error, client, done) => {
      const isAnotherLeft = attempts > 1 && this.servers.current !== tried;
      if (error !== undefined && isAnotherLeft) this.attempt(callback, attempts - 1);
      else callback(error, client, done);
    });
  }
}
