import { readFileSync } from 'node:fs';

import type { Ended } from '../../scripts/flower/processes.mjs';
import type { HouseholdReplica, RpcEvent } from '../support/household-replica';
import type { Wire } from './balancers';

/** The lowest of pino's levels that tells of a failure. */
const ERROR = 50;
const KIB_PER_MIB = 1_024;

/** What all replicas told from now on, across their starts. */
export class ReplicaRecord {
  /** Methods with the failures that clients were told, and when they were first, in milliseconds since the epoch. */
  readonly refusals = new Map<string, number>();
  /** Errors that were logged, and ends that nobody ordered. */
  readonly failures: string[] = [];
  /** Which replica served the probes' last call over the wire. */
  lastProbed: HouseholdReplica | undefined;

  constructor(
    private readonly replicas: readonly HouseholdReplica[],
    private readonly probed: string,
    private readonly wire: Wire,
  ) {
    for (const replica of replicas) {
      replica.on('rpc', this.seeCall);
      replica.on('line', this.seeLine);
      replica.on('end', this.seeEnd);
    }
  }

  close(): void {
    for (const replica of this.replicas) {
      replica.off('rpc', this.seeCall);
      replica.off('line', this.seeLine);
      replica.off('end', this.seeEnd);
    }
  }

  private readonly seeCall = ({ method, transport, failure, isGone, replica }: RpcEvent): void => {
    if (isGone) return;
    if (failure === undefined) {
      if (method === this.probed && transport === this.wire) this.lastProbed = replica;
      return;
    }
    const refusal = `${method} ${failure}`;
    if (!this.refusals.has(refusal)) this.refusals.set(refusal, Date.now());
  };

  /** What is neither a line of the log nor the program's own word to its user is Node's, on a failure. */
  private readonly seeLine = (line: string): void => {
    if (line.startsWith('superlink: ')) return;
    const isLog = line.startsWith('{');
    const level = isLog ? (JSON.parse(line) as { level: number }).level : ERROR;
    if (level >= ERROR) this.failures.push(line);
  };

  /** A replica ends by our SIGKILL, or in order. */
  private readonly seeEnd = ({ code, signal }: Ended): void => {
    if (code !== 0 && signal !== 'SIGKILL')
      this.failures.push(`a replica ended: ${signal ?? code}`);
  };
}

/** Resident memory of a process, in MiB. */
export function memoryOf(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Math.round(Number(kib) / KIB_PER_MIB);
}
