import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { Client, Pool, type QueryResultRow } from 'pg';

import { waitUntil } from '../../scripts/flower/ports.mjs';
import type { PostgresInstance } from '../support/postgres-instance';
import { TcpGate } from '../support/tcp-gate';
import { BenchServers } from './bench-servers';

const ACCEPTS_MILLISECONDS = 60_000;
const SETTINGS = { connectionTimeoutMillis: 2_000, application_name: 'bench' };
const AT_ONCE = 20;
const BALLAST = Buffer.alloc(16 * 1_048_576);
/** By the names that replicas have there: that of the pool, and that of the connection that listens. */
const SESSIONS = `
select pid from pg_stat_activity where application_name like 'superlink%' order by pid`;

/** How PostgreSQL stops: `fast` cuts sessions and tidies up, `immediate` leaves that to the next start. */
export type Shutdown = 'fast' | 'immediate';

/**
 * The database part of the scene: a primary, which faults may stop, freeze, starve, fill up and cut off, and a standby
 * that may take over.
 */
export class BenchDatabase {
  private pool: Pool;

  private constructor(
    readonly servers: BenchServers,
    /** One before each server, for the last replica alone. */
    private readonly gates: readonly TcpGate[],
  ) {
    this.pool = this.newPool();
  }

  static async start(): Promise<BenchDatabase> {
    const servers = await BenchServers.start();
    const gates = await Promise.all(servers.all.map(({ port }) => TcpGate.before(port)));
    return new BenchDatabase(servers, gates);
  }

  /** Straight to the primary of the moment, as the superuser. */
  get url(): string {
    return this.primary.url;
  }

  /** URLs for so many replicas, each naming both servers: only the last one is behind the gates. */
  urlsFor(replicas: number): string[] {
    const direct = this.servers.urlOf(...this.servers.all.map(({ port }) => port));
    const gated = this.servers.urlOf(...this.gates.map(({ port }) => port));
    return Array.from({ length: replicas }, (_, index) => (index < replicas - 1 ? direct : gated));
  }

  async query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    return (await this.pool.query<Row>(text, [...values])).rows;
  }

  /** Process ids of the replicas' sessions. */
  async sessions(): Promise<number[]> {
    const rows = await this.query<{ pid: number }>(SESSIONS);
    return rows.map(({ pid }) => pid);
  }

  async terminate(sessions: readonly number[]): Promise<void> {
    await this.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [sessions]);
  }

  /** Nothing passes any more between the last replica and PostgreSQL; or only what the one of them says. */
  cutOff(...silent: readonly ('replica' | 'database')[]): void {
    const sides = silent.map((side) => (side === 'replica' ? 'client' : 'server'));
    for (const gate of this.gates) gate.shut(...sides);
  }

  /** The end of `cutOff`. */
  reconnect(): void {
    for (const gate of this.gates) gate.open();
  }

  /** Stops the server and starts it again; resolves when it accepts connections. */
  async restart(how: Shutdown): Promise<void> {
    await (how === 'fast' ? this.primary.stop() : this.primary.abort());
    await this.primary.start();
    await this.untilItAccepts();
  }

  async untilItAccepts(): Promise<void> {
    const limits = { timeoutMs: ACCEPTS_MILLISECONDS, pollMs: 20 };
    await waitUntil('PostgreSQL', () => this.accepts(), limits).catch((cause: unknown) => {
      throw new Error(this.primary.describe(), { cause });
    });
  }

  /** SIGSTOP to all of the primary's processes: connections stay open, and nothing is answered. */
  pause(): void {
    this.primary.pause();
  }

  resume(): void {
    this.primary.resume();
  }

  /** Makes the standby the primary; resolves when it takes writes. */
  async promote(): Promise<void> {
    await this.servers.promote();
    const old = this.pool;
    this.pool = this.newPool();
    old.end().catch(() => undefined); // it may hang as long as the server does
  }

  /** Ends these sessions and takes all connections but `spare` ones; what it returns gives them back. */
  async exhaust(sessions: readonly number[], spare: number): Promise<() => Promise<void>> {
    const held: Client[] = [];
    await this.terminate(sessions);
    for (let taken = await this.takeFree(); taken.length > 0; taken = await this.takeFree()) {
      held.push(...taken);
    }
    await Promise.all(held.splice(0, spare).map((client) => client.end()));
    return async () => {
      await Promise.all(held.map((client) => client.end()));
    };
  }

  /** Leaves no room on the primary's disk; what it returns makes room again. */
  async fillDisk(): Promise<() => Promise<void>> {
    if (!this.servers.hasOwnDisks) throw new Error('only root has disks that may be filled up');
    const ballast = join(this.primary.data, 'ballast');
    try {
      // the last piece takes what is left, and fails
      for (;;) await appendFile(ballast, BALLAST);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown;
    }
    return () => rm(ballast, { force: true });
  }

  /** Whatever a fault has left: servers that run and can be reached. */
  async heal(): Promise<void> {
    await rm(join(this.primary.data, 'ballast'), { force: true });
    this.reconnect();
    await this.servers.heal();
    await this.untilItAccepts();
  }

  async stop(): Promise<void> {
    this.resume();
    await this.pool.end();
    await Promise.all(this.gates.map((gate) => gate.close()));
    await this.servers.stop();
  }

  get primary(): PostgresInstance {
    return this.servers.primary;
  }

  private newPool(): Pool {
    const pool = new Pool({ connectionString: this.url, max: 3, ...SETTINGS });
    pool.on('error', () => undefined); // its connection was cut: the pool makes another one
    return pool;
  }

  private async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.url, ...SETTINGS });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  private async connectIfFree(): Promise<Client | undefined> {
    return this.connect().catch(() => undefined);
  }

  /** Many at once, before those come back who lost theirs. */
  private async takeFree(): Promise<Client[]> {
    const attempts = Array.from({ length: AT_ONCE }, () => this.connectIfFree());
    return (await Promise.all(attempts)).filter((client) => client !== undefined);
  }

  private async accepts(): Promise<boolean> {
    const client = await this.connectIfFree();
    await client?.end();
    return client !== undefined;
  }
}
