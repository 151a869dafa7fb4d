import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Client } from 'pg';

import { freePorts } from '../../scripts/flower/ports.mjs';
import { type PostgresHome, SUPERUSER } from './postgres-home';

const MOST_START_ATTEMPTS = 5;
const LOG_TAIL_CHARACTERS = 4_000;
const READY = /ready to accept (read-only )?connections/;

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=300',
  'track_activity_query_size=16384', // tests look for statements by their text
  // The data is thrown away: what these would save in a crash of the machine, nobody reads.
  'fsync=off',
  'full_page_writes=off',
];

/** One server on one data directory, which can be ended in several ways and started again on its port. */
export class PostgresInstance {
  private server: ChildProcess | undefined;
  private settings: readonly string[] = [];
  /** What it said last. */
  private tail = '';

  private constructor(
    private readonly home: PostgresHome,
    readonly data: string,
    readonly port: number,
  ) {}

  /** Starts one on a free port. Another process may take it between the look and the start: this is tried again. */
  static async start(
    home: PostgresHome,
    data: string,
    settings: readonly string[] = [],
  ): Promise<PostgresInstance> {
    for (let attempt = 1; ; attempt += 1) {
      const [port = 0] = await freePorts(1);
      const instance = new PostgresInstance(home, data, port);
      try {
        await instance.start(settings);
        return instance;
      } catch (cause) {
        if (attempt === MOST_START_ATTEMPTS) throw cause;
      }
    }
  }

  /** `host:port` */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** postgres:// URL of the superuser, at the database `postgres`. */
  get url(): string {
    return `postgres://${SUPERUSER}:${this.home.password}@${this.address}/postgres`;
  }

  get isRunning(): boolean {
    return this.server?.exitCode === null && this.server.signalCode === null;
  }

  /** Resolves when it takes connections, if only for reading. Without settings it gets those of its last start. */
  async start(settings: readonly string[] = this.settings): Promise<void> {
    this.settings = settings;
    const all = [...SETTINGS, `port=${this.port}`, ...settings];
    const server = spawn(
      join(this.home.binaries, 'postgres'),
      ['-D', this.data, ...all.flatMap((setting) => ['-c', setting])],
      { ...this.home.owner, cwd: this.data, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.server = server;
    await this.untilReady(server);
  }

  /** For errors: what it said last. */
  describe(): string {
    return `${this.isRunning ? 'PostgreSQL runs' : 'PostgreSQL has ended'}:\n${this.tail}`;
  }

  /** SIGKILL to all of its processes at once, as when its machine dies. */
  async kill(): Promise<void> {
    this.signalAll('SIGKILL');
    await this.ended();
  }

  /** SIGSTOP to all of its processes: connections stay open, and nothing is answered. */
  pause(): void {
    this.signalAll('SIGSTOP');
  }

  resume(): void {
    this.signalAll('SIGCONT');
  }

  /** A fast shutdown: sessions are cut, what was committed is on disk. */
  async stop(): Promise<void> {
    this.server!.kill('SIGINT');
    await this.ended();
  }

  /** An immediate shutdown: the next start has to recover. */
  async abort(): Promise<void> {
    this.server!.kill('SIGQUIT');
    await this.ended();
  }

  /** One statement of the superuser. */
  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.url, application_name: 'test' });
    await client.connect();
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  private signalAll(signal: NodeJS.Signals): void {
    if (!this.isRunning) return;
    const id = this.server!.pid!;
    const children = readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').trim().split(' ');
    this.server!.kill(signal);
    for (const child of children.filter(Boolean)) signalIfThere(Number(child), signal);
  }

  /** Reads the log for the server's whole life: a full pipe would stop it. */
  private untilReady(server: ChildProcess): Promise<void> {
    let said = ''; // of this start alone: the last words of the server before may come late
    return new Promise((resolve, reject) => {
      server.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-LOG_TAIL_CHARACTERS);
        this.tail = said;
        if (READY.test(said)) resolve();
      });
      server.once('error', reject);
      server.once('close', () => {
        reject(new Error(this.describe()));
      });
    });
  }

  private async ended(): Promise<void> {
    if (this.isRunning) await once(this.server!, 'exit');
  }
}

function signalIfThere(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch {
    // it ended with its parent
  }
}
