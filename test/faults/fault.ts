import type { LogFollower } from '../../scripts/flower/log-follower.mjs';
import type { Balancer } from '../support/balancer';
import type { HouseholdReplica } from '../support/household-replica';
import type { RpcWatch } from '../support/rpc-watch';
import type { StockFederation } from '../support/stock-federation';
import type { AnswerOrders } from './answer-orders';
import type { BalancerName } from './balancers';
import type { Bench } from './bench';
import type { BenchDatabase } from './bench-database';
import type { Finding } from './invariants';
import type { Probes } from './probe';
import type { Random } from './random';

/** How a run of the toy is to end. */
export type RunEnd = 'finished:completed' | 'finished:failed' | 'finished:stopped';

/** What a fault can take hold of while a run goes on. */
export interface Scene {
  readonly federation: StockFederation<Balancer>;
  readonly database: BenchDatabase;
  readonly orders: AnswerOrders;
  readonly probes: Probes;
  readonly random: Random;
  readonly runId: string;
  /** Follows the run with the stock CLI. */
  readonly log: LogFollower;
  /** Calls since the start of the run. */
  readonly watch: RpcWatch;
  readonly isFinished: boolean;
  /** Settles as `wait` does, and rejects if the run ends before: what a fault waits for may never come then. */
  beforeTheEnd<Result>(wait: Promise<Result>): Promise<Result>;
  /** A seeded call in the first half of a run; resolves with the replica that carries it out. Rejects as above. */
  moment(): Promise<HouseholdReplica>;
  /** One of the next calls, a seeded one. */
  nextMoment(): Promise<HouseholdReplica>;
  /** The replica that a gRPC probe is connected to, without gRPC the one that served a probe last: its loss is felt. */
  probedReplica(): HouseholdReplica;
  /** Resolves when all probes are served again; keeps the longest time that this took, from now on. */
  untilRecovered(): Promise<number>;
  /** Resolves when the run has ended, however. */
  untilFinished(): Promise<void>;
  /** Something to be shown beside the verdict. */
  tell(fact: string): void;
}

/** What one fault did to one run, or to what it has instead of a run. */
export interface FaultReport {
  readonly fault: string;
  readonly name: string;
  readonly seed: number;
  /** What it was played behind; absent: HAProxy, or nothing. */
  readonly balancer?: BalancerName;
  readonly passed: boolean;
  /** The longest that a probe waited for an answer; null without probes. */
  readonly stallSeconds: number | null;
  /** The longest from the end of a disturbance until every probe was served. */
  readonly recoverySeconds: number | null;
  /** Calls that clients sent again: by probes and by stock programs. */
  readonly retries: { readonly probes: number; readonly stock: number } | null;
  /** The longest that a stock program says it was without a connection. */
  readonly stockStallSeconds: number | null;
  /** Messages that the app or the database missed or had more than once; null where no run was to complete. */
  readonly lost: number | null;
  readonly doubled: number | null;
  readonly seconds: number;
  readonly findings: readonly Finding[];
  /** What broke, in words. */
  readonly broken: readonly string[];
  readonly told: readonly string[];
}

export interface Fault {
  /** As in the matrix. */
  readonly id: string;
  readonly name: string;
  /** Those that it can be played behind. */
  readonly balancers: readonly BalancerName[];
  /** `bench` starts the federation of stock programs at its first call. */
  play(bench: () => Promise<Bench>, seed: number): Promise<FaultReport>;
}
