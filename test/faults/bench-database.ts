import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { Client, Pool, type QueryResultRow } from 'pg';

import { startPostgres } from '../../scripts/demo/postgres.mjs';
import { freePorts, waitUntil } from '../../scripts/flower/ports.mjs';
import { type Child, Household } from '../../scripts/flower/processes.mjs';
import { TcpGate } from '../support/tcp-gate';

const ACCEPTS_MILLISECONDS = 60_000;
const CONNECT_MILLISECONDS = 2_000;
/** So few that they can be exhausted. */
const MOST_CONNECTIONS = 60;
/** By the names that replicas have there: that of the pool, and that of the connection that listens. */
const SESSIONS = `
select pid from pg_stat_activity where application_name like 'superlink%' order by pid`;

/** How PostgreSQL stops: `fast` cuts sessions and tidies up, `immediate` leaves that to the next start. */
export type Shutdown = 'fast' | 'immediate';
const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** The database part of the scene: a PostgreSQL that faults may stop, freeze, starve and cut off. */
export class BenchDatabase {
  private readonly pool: Pool;

  private constructor(
    private readonly household: Household,
    /** Straight to the server, as the superuser. */
    readonly url: string,
    /** Before it, for the last replica alone. */
    readonly gate: TcpGate,
  ) {
    const settings = { connectionTimeoutMillis: CONNECT_MILLISECONDS, application_name: 'bench' };
    this.pool = new Pool({ connectionString: url, max: 3, ...settings });
    this.pool.on('error', () => undefined); // its connection was cut: the pool makes another one
  }

  static async start(directory: string): Promise<BenchDatabase> {
    const household = new Household(directory);
    try {
      const [port = 0] = await freePorts(1);
      const home = join(directory, 'postgres');
      await mkdir(home);
      // Processes are killed here, the machine is not: what was written is there after a crash.
      const settings = ['fsync=off', `max_connections=${MOST_CONNECTIONS}`];
      const url = await startPostgres({ household, directory: home, port, settings });
      return new BenchDatabase(household, url, await TcpGate.before(port));
    } catch (cause) {
      await household.stop();
      throw cause;
    }
  }

  /** URLs for so many replicas: only the last one is behind the gate. */
  urlsFor(replicas: number): string[] {
    const gated = new URL(this.url);
    gated.port = String(this.gate.port);
    return Array.from({ length: replicas }, (_, index) =>
      index === replicas - 1 ? gated.href : this.url,
    );
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

  /** Stops the server and starts it again; resolves when it accepts connections. */
  async restart(how: Shutdown): Promise<void> {
    this.server.kill(SIGNALS[how]);
    await this.household.startAgain(this.server);
    await this.untilItAccepts();
  }

  async untilItAccepts(): Promise<void> {
    const limits = { child: this.server, timeoutMs: ACCEPTS_MILLISECONDS, pollMs: 20 };
    await waitUntil('PostgreSQL', () => this.accepts(), limits);
  }

  /** SIGSTOP to all of the server's processes: connections stay open, and nothing is answered. */
  pause(): void {
    this.signalAll('SIGSTOP');
  }

  resume(): void {
    this.signalAll('SIGCONT');
  }

  /** Ends these sessions and takes all connections but `spare` ones; what it returns gives them back. */
  async exhaust(sessions: readonly number[], spare: number): Promise<() => Promise<void>> {
    const held: Client[] = [];
    await this.terminate(sessions);
    for (let taken = await this.connectIfFree(); taken; taken = await this.connectIfFree()) {
      held.push(taken);
    }
    await Promise.all(held.splice(0, spare).map((client) => client.end()));
    return async () => {
      await Promise.all(held.map((client) => client.end()));
    };
  }

  /** Whatever a fault has left: a server that runs and can be reached. */
  async heal(): Promise<void> {
    if (!this.server.isRunning) await this.household.startAgain(this.server);
    this.resume();
    this.gate.open();
    await this.untilItAccepts();
  }

  async stop(): Promise<void> {
    this.resume();
    await this.pool.end();
    await this.gate.close();
    await this.household.stop();
  }

  private get server(): Child {
    return this.household.find('postgres')!;
  }

  private async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.url, application_name: 'bench' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  private async connectIfFree(): Promise<Client | undefined> {
    return this.connect().catch(() => undefined);
  }

  private async accepts(): Promise<boolean> {
    const client = await this.connectIfFree();
    await client?.end();
    return client !== undefined;
  }

  private signalAll(signal: NodeJS.Signals): void {
    for (const pid of [this.server.pid, ...childrenOf(this.server.pid)]) process.kill(pid, signal);
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((id) => /^\d+$/.test(id) && parentOf(id) === parent)
    .map(Number);
}

function parentOf(id: string): number | undefined {
  try {
    // The name before it, in brackets, may hold anything.
    const [, rest = ''] = readFileSync(join('/proc', id, 'stat'), 'utf8').split(/\) \S /);
    return Number(rest.split(' ')[0]);
  } catch {
    return undefined; // it has ended a moment ago
  }
}
