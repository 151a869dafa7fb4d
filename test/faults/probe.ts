import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

import type { ApiAddresses } from '../../scripts/flower/federation.mjs';
import { ControlService } from '../../src/generated/flwr/proto/control';
import { ListRunsRequest } from '../../src/generated/flwr/proto/control_run';
import { GrpcClients } from '../support/grpc-client';
import { HttpClients } from '../support/http-client';
import { type PendingCall, type RpcClients, RpcError } from '../support/rpc-clients';
import type { Wire } from './balancers';

const EVERY_MILLISECONDS = 100;
/** Another attempt comes soon, where stock clients wait up to 20 s: the stall is the service's, not the client's. */
const QUICK_RECONNECT = {
  // Refused streams are sent again by gRPC itself, as stock clients' does it: nothing else is, without a policy.
  'grpc.enable_retries': 1,
  'grpc.initial_reconnect_backoff_ms': EVERY_MILLISECONDS,
  'grpc.min_reconnect_backoff_ms': EVERY_MILLISECONDS,
  'grpc.max_reconnect_backoff_ms': EVERY_MILLISECONDS,
};

export interface Stall {
  /** Milliseconds since the epoch at which the call began. */
  readonly at: number;
  readonly seconds: number;
}

/** The method that probes call, and nobody else while a run goes on. */
export const PROBED = 'Control/ListRuns';

/**
 * A light caller on a connection of its own: one cheap call every 100 ms, sent again after what stock clients send a
 * call again, without a deadline as theirs.
 */
export class Probe extends EventEmitter<{ served: [number] }> {
  /** The longest time from a call's first attempt to its answer. */
  longest: Stall = { at: 0, seconds: 0 };
  /** Why calls had to be sent again. */
  readonly retries: string[] = [];
  /** Refusals that a stock client would not survive. */
  readonly failures: string[] = [];
  /** Of the watched run, each once, as they came. */
  readonly statuses: string[] = [];
  private runId: bigint | undefined;
  private call: PendingCall<unknown> | undefined;
  private isStopped = false;
  private readonly ended: Promise<void>;

  constructor(
    readonly name: string,
    private readonly clients: RpcClients,
  ) {
    super();
    this.setMaxListeners(0);
    this.ended = this.callOnAndOn();
  }

  /** From now on it asks for this run. */
  watch(runId: string): void {
    this.runId = BigInt(runId);
  }

  /** Resolves with the time at which a call ended well that had begun after this one. */
  async untilServed(): Promise<number> {
    const asked = Date.now();
    for (;;) {
      const [began] = (await once(this, 'served')) as [number];
      if (began >= asked) return Date.now();
    }
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.call?.cancel();
    await this.ended;
    this.clients.close();
  }

  private async callOnAndOn(): Promise<void> {
    while (!this.isStopped) {
      const at = Date.now();
      while (!(await this.attempt())) await pause(EVERY_MILLISECONDS);
      const seconds = (Date.now() - at) / 1_000;
      if (seconds > this.longest.seconds) this.longest = { at, seconds };
      this.emit('served', at);
      await pause(EVERY_MILLISECONDS);
    }
  }

  /** False if the call is to be sent again. */
  private async attempt(): Promise<boolean> {
    const runId = this.runId;
    const call = this.clients.start(
      ControlService.listRuns,
      ListRunsRequest.fromPartial(runId === undefined ? { limit: 1n } : { runId }),
    );
    this.call = call;
    try {
      const { runDict } = await call.answer;
      const status = runId === undefined ? undefined : runDict.get(runId)?.status;
      if (status !== undefined) this.see(`${status.status}:${status.subStatus}`);
      return true;
    } catch (thrown) {
      return this.isStopped || !this.isToRepeat(thrown);
    }
  }

  private isToRepeat(thrown: unknown): boolean {
    const isUnavailable = thrown instanceof RpcError && thrown.status.startsWith('UNAVAILABLE');
    (isUnavailable ? this.retries : this.failures).push(`${this.name}: ${String(thrown)}`);
    return isUnavailable;
  }

  private see(status: string): void {
    if (this.statuses.at(-1) !== status) this.statuses.push(status);
  }
}

/** Probes of all wires that the balancer has, through it. */
export class Probes {
  readonly all: readonly Probe[];

  constructor(addresses: ApiAddresses, wires: readonly Wire[]) {
    const grpc = (): RpcClients => new GrpcClients([addresses], undefined, QUICK_RECONNECT);
    const http = (): RpcClients => new HttpClients([addresses]);
    this.all = wires.includes('grpc')
      ? [
          new Probe('gRPC probe 1', grpc()),
          new Probe('gRPC probe 2', grpc()),
          new Probe('HTTP probe', http()),
        ]
      : [new Probe('HTTP probe 1', http()), new Probe('HTTP probe 2', http())];
  }

  get retries(): string[] {
    return this.all.flatMap(({ retries }) => retries);
  }

  get longest(): Stall {
    return this.all
      .map(({ longest }) => longest)
      .toSorted((one, other) => other.seconds - one.seconds)[0]!;
  }

  watch(runId: string): void {
    for (const probe of this.all) probe.watch(runId);
  }

  /** Seconds until each of them has had a call that began after this one answered. */
  async untilServed(): Promise<number> {
    const asked = Date.now();
    const times = await Promise.all(this.all.map((probe) => probe.untilServed()));
    return (Math.max(...times) - asked) / 1_000;
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((probe) => probe.stop()));
  }
}
