import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { Client } from 'pg';

import { lockDirectory } from './directory-lock';
import { findPostgresBinaries } from './postgres-binaries';
import { type Cluster, makeDataDirectory, prepareCluster, SUPERUSER } from './postgres-cluster';
import {
  endLeftoverServer,
  PortTakenError,
  type PostgresServer,
  startPostgres,
} from './postgres-server';

const HOST = '127.0.0.1';
const RESTART_MILLISECONDS = 1_000;
const PORT_ATTEMPTS = 5;

export interface EmbeddedPostgresSettings {
  readonly dataDirectory: string;
  readonly maxConnections: number;
  /** Gets what PostgreSQL logs, and what happens to it, line by line. */
  readonly onLine: (line: string) => void;
}

/** A real PostgreSQL of our own, which lives as long as this process. */
export interface EmbeddedPostgres {
  /** Holds the password. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL on a free port of 127.0.0.1; its data survives us, whether we stop or are killed.
 * One that ends by itself is started again on the same port. Throws StartFailure, and then leaves nothing running.
 */
export async function openEmbeddedPostgres(
  settings: EmbeddedPostgresSettings,
): Promise<EmbeddedPostgres> {
  const binaries = findPostgresBinaries();
  makeDataDirectory(settings.dataDirectory);
  const lock = lockDirectory(settings.dataDirectory);
  try {
    const cluster = await prepareCluster(settings.dataDirectory, binaries);
    await endLeftoverServer(cluster.directory);
    const { server, port } = await startOnFreePort(cluster, settings);
    const keeper = new ServerKeeper(cluster, settings, port, server);
    try {
      await createDatabase(urlOf(cluster, port, 'postgres'));
    } catch (error) {
      await keeper.stop();
      throw error;
    }
    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= keeper.stop().finally(() => lock.release()));
    return { url: urlOf(cluster, port, SUPERUSER), stop };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Keeps one server running on its port until it is told to stop. */
class ServerKeeper {
  private isStopping = false;
  private readonly done: Promise<void>;

  constructor(
    private readonly cluster: Cluster,
    private readonly settings: EmbeddedPostgresSettings,
    private readonly port: number,
    private server: PostgresServer | undefined,
  ) {
    this.done = this.keep();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.server?.stop();
    await this.done;
  }

  private async keep(): Promise<void> {
    for (;;) {
      await this.server?.ended;
      this.server = undefined;
      if (this.isStopping) return;
      await this.restart();
    }
  }

  private async restart(): Promise<void> {
    this.settings.onLine('The embedded PostgreSQL has ended by itself; starting it again.');
    try {
      await endLeftoverServer(this.cluster.directory);
      const { maxConnections, onLine } = this.settings;
      this.server = await startPostgres(this.cluster, this.port, maxConnections, onLine);
      if (this.isStopping) await this.server.stop();
    } catch (error) {
      this.settings.onLine(error instanceof Error ? error.message : String(error));
      await pause(RESTART_MILLISECONDS);
    }
  }
}

async function startOnFreePort(
  cluster: Cluster,
  { maxConnections, onLine }: EmbeddedPostgresSettings,
): Promise<{ server: PostgresServer; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { server: await startPostgres(cluster, port, maxConnections, onLine), port };
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function createDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query('select from pg_database where datname = $1', [SUPERUSER]);
    if (found.rowCount === 0) await client.query('create database superlink');
  } finally {
    await client.end();
  }
}

function urlOf({ password }: Cluster, port: number, database: string): string {
  return `postgres://${SUPERUSER}:${password}@${HOST}:${String(port)}/${database}`;
}
