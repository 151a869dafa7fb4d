import type { HouseholdReplica, RpcEvent } from './household-replica';

type Listener = (event: RpcEvent) => void;

/** Counts the calls that replicas carried out from now on, and tells of single ones. */
export class RpcWatch {
  /** How often each method was carried out, refusals not counted. */
  readonly counts = new Map<string, number>();
  /** The same with those that were refused. */
  readonly attempts = new Map<string, number>();
  private readonly listeners = new Set<Listener>();

  constructor(private readonly replicas: readonly HouseholdReplica[]) {
    for (const replica of replicas) replica.on('rpc', this.see);
  }

  /**
   * The replica that carries out the `count`-th call of a method from now on. It resolves in the turn in which the
   * replica told of it.
   */
  async nth(method: string, count: number): Promise<HouseholdReplica> {
    return this.nthOf([method], count);
  }

  /** As `nth`, of the calls of several methods together. */
  async nthOf(methods: readonly string[], count: number): Promise<HouseholdReplica> {
    let left = count;
    return new Promise((resolve) => {
      const listener: Listener = (event) => {
        if (!methods.includes(event.method)) return;
        left -= 1;
        if (left > 0) return;
        this.listeners.delete(listener);
        resolve(event.replica);
      };
      this.listeners.add(listener);
    });
  }

  close(): void {
    for (const replica of this.replicas) replica.off('rpc', this.see);
    this.listeners.clear();
  }

  private readonly see = (event: RpcEvent): void => {
    count(this.attempts, event.method);
    if (event.failure !== undefined) return;
    count(this.counts, event.method);
    for (const listener of this.listeners) listener(event);
  };
}

function count(counts: Map<string, number>, method: string): void {
  counts.set(method, (counts.get(method) ?? 0) + 1);
}
