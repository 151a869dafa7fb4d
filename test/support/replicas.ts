import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

import { inject } from 'vitest';

import { freePorts } from '../../scripts/flower/ports.mjs';

const MOST_START_ATTEMPTS = 3;
const START_MILLISECONDS = 150_000;
const LOOK_MILLISECONDS = 50;
const SHOWN_LINES = 60;

/** Reads until its parent closes the pipe or dies, then kills the replica `$0`. */
const GUARD_SCRIPT = 'read -r _; kill -KILL "$0"';

/** Where the APIs of one replica are, as `host:port`. */
export interface Addresses {
  readonly fleet: string;
  readonly serverAppIo: string;
  readonly control: string;
  readonly http: string;
}

/** One process of the program. Dies with the test run, whatever ends that. */
export class TestReplica {
  /** All that it said, line by line. */
  readonly log: string[] = [];
  private readonly child: ChildProcess;
  private readonly guard: ChildProcess;
  private readonly ended: Promise<number | null>;

  constructor(
    readonly addresses: Addresses,
    args: readonly string[],
    program = inject('superlinkProgram'),
  ) {
    const child = spawn(process.execPath, [program, ...args], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => this.log.push(line));
    }
    this.guard = spawn('sh', ['-c', GUARD_SCRIPT, String(child.pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.child = child;
    this.ended = once(child, 'close').then(([code]: (number | null)[]) => {
      this.guard.kill('SIGKILL');
      return code ?? null;
    });
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Status of its readiness probe: 200, 404 while draining, 503 without a database; 0: no answer. */
  async readiness(): Promise<number> {
    return fetch(`http://${this.addresses.http}/health/ready`).then(
      ({ status }) => status,
      () => 0,
    );
  }

  /** Resolves as soon as it serves; throws what it said if it ends before. */
  async untilReady(): Promise<void> {
    const deadline = performance.now() + START_MILLISECONDS;
    while ((await this.readiness()) !== 200) {
      if (this.hasEnded || performance.now() > deadline) {
        throw new Error(`a replica did not start:\n${this.tail()}`);
      }
      await pause(LOOK_MILLISECONDS);
    }
  }

  /** SIGTERM; resolves with the exit code, null if a signal ended it. */
  async stop(): Promise<number | null> {
    this.resume();
    this.child.kill('SIGTERM');
    return this.ended;
  }

  /** SIGKILL: what a power cut leaves. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** SIGSTOP: its connections stay open and nothing is answered. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** The last lines it said. */
  tail(): string {
    return this.log.slice(-SHOWN_LINES).join('\n');
  }
}

/**
 * Starts `count` replicas over one database and waits until all are ready. Holds are off (0 s) unless `flags` say
 * otherwise: of a flag given twice the last one counts. `program` is the main.js of another release.
 */
export async function startReplicas(
  count: number,
  databaseUrl: string,
  flags: readonly string[] = [],
  program = inject('superlinkProgram'),
): Promise<TestReplica[]> {
  const starts = Array.from({ length: count }, () => startReplica(databaseUrl, flags, program));
  const settled = await Promise.allSettled(starts);
  const started = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (started.length < count) await killReplicas(started);
  return Promise.all(starts);
}

/** Kills them: for the end of tests that aren't about stopping. */
export async function killReplicas(replicas: readonly TestReplica[]): Promise<void> {
  await Promise.all(replicas.map((replica) => replica.kill()));
}

/** For `afterEach`: shows what the replicas said if the test has failed. */
export function showLogsOfFailure(failed: boolean, replicas: readonly TestReplica[]): void {
  if (!failed) return;
  for (const [index, replica] of replicas.entries()) {
    process.stderr.write(`--- replica ${index}\n${replica.tail()}\n`);
  }
}

/** Another process may take a port between the look and the start, so this is tried again. */
async function startReplica(
  databaseUrl: string,
  flags: readonly string[],
  program: string,
): Promise<TestReplica> {
  for (let attempt = 1; ; attempt += 1) {
    const ports = await freePorts(4);
    const [fleet, serverAppIo, control, http] = ports.map((port) => `127.0.0.1:${port}`);
    const addresses = { fleet, serverAppIo, control, http } as Addresses;
    const args = [...argumentsFor(addresses, databaseUrl), ...flags];
    const replica = new TestReplica(addresses, args, program);
    try {
      await replica.untilReady();
      return replica;
    } catch (cause) {
      await replica.kill();
      if (attempt === MOST_START_ATTEMPTS || !replica.tail().includes('in use')) throw cause;
    }
  }
}

function argumentsFor(addresses: Addresses, databaseUrl: string): string[] {
  const [host = '', port = ''] = addresses.http.split(':');
  return [
    '--insecure',
    ...['--database', databaseUrl, '--pool-size', '8'],
    ...['--fleet-api-address', addresses.fleet],
    ...['--serverappio-api-address', addresses.serverAppIo],
    ...['--control-api-address', addresses.control],
    ...['--host', host, '--port', port],
    ...['--node-hold-seconds', '0', '--serverapp-hold-seconds', '0', '--task-hold-seconds', '0'],
    ...['--log-format', 'json'],
  ];
}
