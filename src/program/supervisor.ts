import cluster, { type Worker } from 'node:cluster';
import { join, parse } from 'node:path';

import { addressOfReplica } from '../config/address';
import type { ReplicaConfig } from '../config/config';
import { Backoff, waited } from './backoff';
import type { Running } from './run-replica';
import { StartFailure } from './start-failure';

/** What a replica's process is told first. */
export interface ReplicaOrder {
  readonly config: ReplicaConfig;
}

/** What it tells back. `idle`: it listens for its order; one that was sent before might be lost. */
export type ReplicaReport =
  | { readonly state: 'idle' }
  | { readonly state: 'ready' }
  | { readonly state: 'failed'; readonly reason: string };

type StartReport = Exclude<ReplicaReport, { state: 'idle' }>;

/** After the replica's own hard limit, for one that hangs. */
const KILL_GRACE_SECONDS = 2;

/**
 * Runs `config.replicas` processes on the same ports: this process owns the listening sockets and hands connections
 * out in turn, so a process that is lost takes only its own connections with it, and is started again. Resolves when
 * all of them serve; throws StartFailure with the reason of the first that can't.
 *
 * @param stopped ends a start that waits for the database; it then rejects with the signal's reason
 * @param program the module that each process runs
 */
export async function superviseReplicas(
  config: ReplicaConfig,
  say: (line: string) => void,
  stopped: AbortSignal,
  program = join(__dirname, 'replica-process.js'),
): Promise<Running> {
  // "advanced" carries Buffers; secrets reach the processes by message, not by their environment
  cluster.setupPrimary({ exec: program, args: [], serialization: 'advanced' });
  const stopping = new AbortController();
  const seats = Array.from(
    { length: config.replicas },
    (_, index) => new Seat(index + 1, config, stopping.signal, say),
  );
  const stop = async () => {
    stopping.abort();
    return Math.max(...(await Promise.all(seats.map((seat) => seat.emptied()))));
  };
  const endStart = () => {
    for (const seat of seats) seat.askToEnd();
  };
  stopped.addEventListener('abort', endStart);
  const outcomes = await Promise.allSettled(seats.map((seat) => seat.fill()));
  stopped.removeEventListener('abort', endStart);
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) {
    await stop();
    stopped.throwIfAborted();
    throw failure.reason;
  }
  for (const seat of seats) seat.keepFilled();
  return { stop };
}

/** One of the N places, and the process that sits on it now. */
class Seat {
  private worker: Worker | undefined;
  private readonly backoff = new Backoff();
  private kept: Promise<void> = Promise.resolve();
  private isServing = false;

  constructor(
    private readonly number: number,
    private readonly config: ReplicaConfig,
    private readonly stopping: AbortSignal,
    private readonly say: (line: string) => void,
  ) {}

  /** Starts a process; resolves when it serves. */
  async fill(): Promise<void> {
    const worker = cluster.fork();
    this.worker = worker;
    this.isServing = false;
    this.backoff.started();
    const order: ReplicaOrder = { config: configFor(this.config, this.number) };
    const report = await outcomeOf(worker, order);
    this.isServing = report.state === 'ready';
    if (report.state === 'ready') return;
    await ended(worker);
    throw new StartFailure(report.reason);
  }

  askToEnd(): void {
    this.worker?.process.kill('SIGTERM');
  }

  /** From now on a lost process is replaced, until the stop. */
  keepFilled(): void {
    this.kept = this.keep();
  }

  /** Drains the process; resolves with its exit code when the place is empty for good. */
  async emptied(): Promise<number> {
    const { worker } = this;
    if (worker === undefined || isGone(worker)) {
      await this.kept;
      return 0;
    }
    this.askToEnd();
    const limit = (this.config.drainSeconds + KILL_GRACE_SECONDS) * 1_000;
    const timer = setTimeout(() => worker.process.kill('SIGKILL'), limit);
    await ended(worker);
    clearTimeout(timer);
    await this.kept;
    // one that had just been started again may not have listened to the signal yet
    return worker.process.exitCode ?? (this.isServing ? 1 : 0);
  }

  private async keep(): Promise<void> {
    for (;;) {
      if (this.worker !== undefined) await ended(this.worker);
      if (this.stopping.aborted) return;
      await this.replace();
    }
  }

  private async replace(): Promise<void> {
    const seconds = this.backoff.lost();
    const name = `Replica ${String(this.number)}`;
    this.say(
      `${name} was lost (${howEnded(this.worker)}); starting it again in ${String(seconds)} s.`,
    );
    if (!(await waited(seconds, this.stopping)) || this.stopping.aborted) return;
    try {
      await this.fill();
      this.say(`${name} serves again.`);
    } catch (error) {
      this.say(`${name} cannot start: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function configFor(config: ReplicaConfig, number: number): ReplicaConfig {
  const { metrics } = config.listen;
  const { file } = config.log;
  return {
    ...config,
    listen: {
      ...config.listen,
      // shared like the others each scrape would find another replica
      ...(metrics !== undefined && { metrics: addressOfReplica(metrics, number) }),
    },
    log: {
      ...config.log,
      replicaNumber: number,
      ...(file !== undefined && { file: numbered(file, number) }),
    },
  };
}

/** `superlink.2.log` for `superlink.log`: processes can't rotate one file together. */
function numbered(file: string, number: number): string {
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}.${String(number)}${ext}`);
}

/** Gives the process its order when it asks; resolves with how its start went. */
async function outcomeOf(worker: Worker, order: ReplicaOrder): Promise<StartReport> {
  return new Promise((resolve) => {
    worker.on('message', (report: ReplicaReport) => {
      if (report.state === 'idle')
        worker.send(order, () => undefined); // its exit tells more
      else resolve(report);
    });
    worker.once('exit', () =>
      resolve({ state: 'failed', reason: `it ended at its start (${howEnded(worker)}).` }),
    );
    // for its whole life: an error that nobody listens to would end all replicas
    worker.on('error', ({ message }) =>
      resolve({ state: 'failed', reason: `its process could not be made (${message}).` }),
    );
  });
}

/** Also one that the machine had no room for: it never had a process, and never tells of an exit. */
function isGone(worker: Worker): boolean {
  return worker.process.pid === undefined || worker.isDead();
}

/** Unlike `once` this goes on at an error. */
async function ended(worker: Worker): Promise<void> {
  if (isGone(worker)) return;
  await new Promise<void>((resolve) => {
    worker.once('exit', () => {
      resolve();
    });
  });
}

function howEnded(worker: Worker | undefined): string {
  if (worker?.process.pid === undefined) return 'no process';
  const { signalCode, exitCode } = worker.process;
  return signalCode ?? `exit code ${String(exitCode)}`;
}
