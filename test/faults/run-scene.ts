import type { LogFollower } from '../../scripts/flower/log-follower.mjs';
import { waitUntil } from '../../scripts/flower/ports.mjs';
import type { Balancer } from '../support/balancer';
import type { HouseholdReplica } from '../support/household-replica';
import { RpcWatch } from '../support/rpc-watch';
import type { StockFederation } from '../support/stock-federation';
import type { AnswerOrders } from './answer-orders';
import type { Bench } from './bench';
import type { BenchDatabase } from './bench-database';
import type { Scene } from './fault';
import { PROBED, Probes } from './probe';
import type { Random } from './random';
import { ReplicaRecord } from './replica-record';

const RUN_MILLISECONDS = 240_000;
const IDLE_MILLISECONDS = 15_000;
/** Of all that carry a run together: some of each kind, and fewer than a round has. */
const SOON = 16;

/** The calls that carry a run, on both sides. */
const CARRYING = [
  ...['Task/PushMessages', 'Task/PushObject', 'Task/PullMessages', 'Task/PullObject'],
  ...['Task/ConfirmMessageReceived', 'Fleet/PullMessages', 'Fleet/PullObject'],
  ...['Fleet/ConfirmMessageReceived', 'Fleet/PushMessages', 'Fleet/PushObject'],
];

/** Run config values of the app. */
type RunConfig = Readonly<Record<string, number>> & { readonly rounds: number };

/** A run that is about to be disturbed, and those who watch it. */
export class RunScene implements Scene {
  readonly probes: Probes;
  readonly watch: RpcWatch;
  readonly record: ReplicaRecord;
  readonly told: string[] = [];
  /** How often the CLI that follows the log had to be started again. */
  logCuts = 0;
  longestRecovery: number | null = null;
  isFinished = false;
  runId = '';
  log!: LogFollower;
  private finished!: Promise<void>;

  private constructor(
    private readonly bench: Bench,
    readonly random: Random,
    private readonly rounds: number,
  ) {
    const { proxy, replicas } = bench.federation;
    const { wires } = bench.balancer;
    this.probes = new Probes(proxy.addresses, wires);
    this.watch = new RpcWatch(replicas);
    this.record = new ReplicaRecord(replicas, PROBED, wires[0]!);
  }

  /** Starts a run of an app and those who watch it; resolves when the first round has begun. */
  static async begin(
    bench: Bench,
    random: Random,
    app: string,
    config: RunConfig,
  ): Promise<RunScene> {
    const scene = new RunScene(bench, random, config.rounds);
    try {
      await scene.probes.untilServed();
      await scene.start(app, config);
      return scene;
    } catch (cause) {
      await scene.close();
      throw cause;
    }
  }

  get federation(): StockFederation<Balancer> {
    return this.bench.federation;
  }

  get database(): BenchDatabase {
    return this.bench.database;
  }

  get orders(): AnswerOrders {
    return this.bench.orders;
  }

  async beforeTheEnd<Result>(wait: Promise<Result>): Promise<Result> {
    const ended = this.finished.then(() => {
      throw new Error('the run ended before the moment');
    });
    return Promise.race([wait, ended]);
  }

  async moment(): Promise<HouseholdReplica> {
    const method = this.random.pick(CARRYING);
    const { calls, checksums } = this.bench.undisturbed!;
    const expected = (calls.get(method)! * this.rounds) / checksums.length;
    return this.nth(method, this.random.between(1, Math.ceil(expected / 2)));
  }

  async nextMoment(): Promise<HouseholdReplica> {
    const count = this.random.between(1, SOON);
    this.tell(`the next call ${count}`);
    return this.beforeTheEnd(this.watch.nthOf(CARRYING, count));
  }

  probedReplica(): HouseholdReplica {
    return this.record.lastProbed!;
  }

  async untilRecovered(): Promise<number> {
    const seconds = await this.probes.untilServed();
    this.longestRecovery = Math.max(this.longestRecovery ?? 0, seconds);
    return seconds;
  }

  async untilFinished(): Promise<void> {
    return this.finished;
  }

  tell(fact: string): void {
    this.told.push(fact);
  }

  /** Resolves when the run has ended and its log is complete. */
  async end(): Promise<void> {
    await this.finished;
    await this.log.waitForEnd(RUN_MILLISECONDS);
  }

  /** Resolves when nodes have told what came of all that they confirmed: of a run that was cut short it is refused. */
  async untilNodesAreIdle(): Promise<void> {
    const { counts, attempts } = this.watch;
    const areIdle = (): boolean =>
      (attempts.get('Fleet/PushMessages') ?? 0) >=
      (counts.get('Fleet/ConfirmMessageReceived') ?? 0);
    // a node that was killed tells nothing any more
    await waitUntil('idle nodes', areIdle, { timeoutMs: IDLE_MILLISECONDS }).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.watch.close();
    this.record.close();
    await this.probes.stop();
  }

  private async start(app: string, config: RunConfig): Promise<void> {
    const { clients } = this.federation;
    this.runId = await clients.run(app, config);
    this.probes.watch(this.runId);
    this.log = clients.follow(this.runId);
    this.log.on('again', (lines: string) => {
      this.logCuts += 1;
      this.tell(`the log broke: ${lines}`);
    });
    this.finished = this.watchForTheEnd();
    this.finished.catch(() => undefined); // told to those who wait for it
    await this.log.waitForLine(/^round 1 begins/, RUN_MILLISECONDS);
  }

  private async watchForTheEnd(): Promise<void> {
    const { history } = this.bench;
    const isOver = async (): Promise<boolean> => {
      const status = await history.status(this.runId).catch(() => undefined); // PostgreSQL may be away
      return status?.startsWith('finished') ?? false;
    };
    const limits = { timeoutMs: RUN_MILLISECONDS, pollMs: 200 };
    await waitUntil(`the end of run ${this.runId}`, isOver, limits);
    this.isFinished = true;
  }

  private async nth(method: string, count: number): Promise<HouseholdReplica> {
    this.tell(`${method} ${count}`);
    return this.beforeTheEnd(this.watch.nth(method, count));
  }
}
