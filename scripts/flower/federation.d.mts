import type { LogFollower } from './log-follower.mjs';
import type { Child, Household } from './processes.mjs';
import type { StockFlower } from './stock-environment.mjs';

export interface ApiAddresses {
  readonly fleet: string;
  readonly serverAppIo: string;
  readonly control: string;
  /** Where releases go that speak HTTP. */
  readonly http: string;
}

export interface ProgramOptions {
  readonly name?: string;
  /** Further flags. */
  readonly extra?: readonly string[];
  /** Of another release than the federation's. */
  readonly flower?: StockFlower;
}

export interface SuperExecOptions extends ProgramOptions {
  readonly plugin?: 'serverapp' | 'simulation';
}

type ConfigValues = Readonly<Record<string, string | number | boolean>>;

/** What the toy app prints at its end. */
export interface ToyResult {
  readonly checksum: string;
  /** After each round, of all rounds so far. */
  readonly checksums: readonly string[];
  readonly replies: number;
  readonly errors: readonly string[];
  readonly lost: number;
  readonly doubled: number;
}

export interface Outcome {
  readonly run: { readonly status: string };
  readonly lines: readonly string[];
  readonly result: ToyResult | null;
}

export function resultOf(lines: readonly string[]): ToyResult | null;

export class Federation {
  readonly nodes: readonly Child[];
  /** The one that was started last. */
  readonly superExec: Child | undefined;
  readonly cliHome: string;
  constructor(options: {
    readonly household: Household;
    readonly flower: StockFlower;
    readonly addresses: ApiAddresses;
    readonly directory: string;
    readonly rootCertificates?: string | undefined;
  });
  pointCli(addresses: ApiAddresses): void;
  startSuperExec(options?: SuperExecOptions): Child;
  startSuperNode(
    partition: number,
    partitions: number,
    port: number,
    options?: ProgramOptions,
  ): Child;
  endPrograms(): Promise<void>;
  nodeId(node: Child): Promise<string>;
  flwr(args: readonly string[], name?: string): Promise<string[]>;
  json(args: readonly string[]): Promise<Record<string, unknown>>;
  run(app: string, config?: ConfigValues, simulation?: ConfigValues): Promise<string>;
  show(runId: string): Promise<{ readonly status: string }>;
  log(runId: string): Promise<string[]>;
  follow(runId: string): LogFollower;
  waitForEnd(runId: string, limitMs?: number): Promise<Outcome>;
  outcome(runId: string): Promise<Outcome>;
}
