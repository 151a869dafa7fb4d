import { EventEmitter } from 'node:events';

import { freePorts } from '../../scripts/flower/ports.mjs';
import type { Child, Ended, Household } from '../../scripts/flower/processes.mjs';
import type { ReplicaPorts } from './balancer';

const STAGE = 1;
const SERVING = /"msg":"serving"/;
const START_MILLISECONDS = 150_000;

/** A call that a replica has carried out; its answer may still be on the way. */
export interface RpcEvent {
  readonly replica: HouseholdReplica;
  /** Service and method, e.g. `Fleet/PullMessages`; the service is `Task` for ServerAppIo and for Runtime. */
  readonly method: string;
  readonly transport: string;
  readonly failure: string | undefined;
  /** True: its client had gone, nobody gets the answer. */
  readonly isGone: boolean;
}

export interface HouseholdReplicaOptions {
  readonly household: Household;
  /** Counted from 0. */
  readonly index: number;
  readonly main: string;
  readonly databaseUrl: string;
  /** Beside addresses and logging. */
  readonly flags: readonly string[];
  /** Beside what every replica needs. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What one start may have of its own, `main` of another release: flags and environment are added to the replica's. */
export type StartChanges = Partial<
  Pick<HouseholdReplicaOptions, 'main' | 'databaseUrl' | 'flags' | 'environment'>
>;

/** What a replica tells, across all its starts. */
interface ReplicaEvents {
  readonly rpc: [RpcEvent];
  /** A line of its log that is not about one call. */
  readonly line: [string];
  readonly end: [Ended];
}

/** One replica that can be started again on its ports. */
export class HouseholdReplica extends EventEmitter<ReplicaEvents> {
  private child: Child | undefined;

  private constructor(
    readonly ports: ReplicaPorts,
    private readonly metricsPort: number,
    private readonly options: HouseholdReplicaOptions,
  ) {
    super();
    this.setMaxListeners(0);
  }

  /** Finds ports and starts it; resolves when it is ready. */
  static async start(options: HouseholdReplicaOptions): Promise<HouseholdReplica> {
    const [fleet = 0, serverAppIo = 0, control = 0, http = 0, metrics = 0] = await freePorts(5);
    const ports = { fleet, serverAppIo, control, http };
    const replica = new HouseholdReplica(ports, metrics, options);
    await replica.start();
    return replica;
  }

  get index(): number {
    return this.options.index;
  }

  /** Where each of its processes serves its metrics. */
  get metricsUrl(): string {
    return `http://127.0.0.1:${this.metricsPort}/metrics`;
  }

  get isRunning(): boolean {
    return this.child?.isRunning ?? false;
  }

  /** Of the process that was started last. */
  get pid(): number {
    return this.child!.pid;
  }

  /** Starts it, again if it has ended; resolves when it is ready. `changes`: what this one start has of its own. */
  async start(changes: StartChanges = {}): Promise<void> {
    const { household, index } = this.options;
    const main = changes.main ?? this.options.main;
    const databaseUrl = changes.databaseUrl ?? this.options.databaseUrl;
    const flags = [...this.options.flags, ...(changes.flags ?? [])];
    const environment = { ...this.options.environment, ...changes.environment };
    const name = `replica-${index + 1}`;
    const child = household.start(
      name,
      process.execPath,
      [main, ...this.args(databaseUrl, flags)],
      {
        stage: STAGE,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
      },
    );
    this.child = child;
    child.on('line', ({ text }: { text: string }) => {
      this.tell(text);
    });
    void child.exited.then((ended) => this.emit('end', ended));
    await child.waitForLine(SERVING, START_MILLISECONDS);
  }

  /** SIGKILL, at once. */
  kill(): void {
    this.child?.kill('SIGKILL');
  }

  /** SIGSTOP: its connections stay open and nothing is answered. */
  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** SIGTERM to the process alone; resolves when it has ended. */
  async terminate(): Promise<Ended> {
    process.kill(this.pid, 'SIGTERM');
    return this.child!.exited;
  }

  /** Resolves when the process has ended. */
  async ended(): Promise<void> {
    await this.child?.exited;
  }

  /** The last lines it said, without those of single calls. */
  tail(): string {
    const lines = this.child?.lines ?? [];
    const told = lines.filter(({ text }) => !text.includes('"msg":"rpc"') || /failure/.test(text));
    return told
      .slice(-40)
      .map(({ text }) => text)
      .join('\n');
  }

  private tell(line: string): void {
    if (!line.includes('"msg":"rpc"')) {
      this.emit('line', line);
      return;
    }
    const said = JSON.parse(line) as {
      rpc: string;
      transport: string;
      failure?: string;
      gone?: boolean;
    };
    const { rpc, transport, failure, gone: isGone = false } = said;
    const method = rpc.replace('/flwr.proto.', '').replace(/^(ServerAppIo|Runtime)/, 'Task');
    this.emit('rpc', { replica: this, method, transport, failure, isGone });
  }

  private args(databaseUrl: string, flags: readonly string[]): string[] {
    const { fleet, serverAppIo, control, http } = this.ports;
    return [
      ...['--database', databaseUrl],
      ...['--fleet-api-address', `127.0.0.1:${fleet}`],
      ...['--serverappio-api-address', `127.0.0.1:${serverAppIo}`],
      ...['--control-api-address', `127.0.0.1:${control}`],
      ...['--host', '127.0.0.1', '--port', String(http)],
      ...['--metrics-address', `127.0.0.1:${this.metricsPort}`],
      ...['--log-format', 'json', '--log-level', 'debug'],
      ...flags,
    ];
  }
}
