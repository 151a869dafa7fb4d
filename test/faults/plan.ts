import type { Order } from '../../scripts/faults-arguments.mjs';
import { balancerOf, type BenchBalancer, superExecFor } from './balancers';
import type { Fault } from './fault';
import { FAULTS, IN_EVERY_TEST } from './faults/all';

/** What scripts/faults.mjs was asked for, and where it is kept. */
interface FullOrder extends Order {
  /** `haproxy` if absent. */
  readonly balancer?: string;
  /** Path of a file for the reports. */
  readonly json?: string;
  /** What is played against. */
  readonly commit?: string;
}

export interface Play {
  readonly fault: Fault;
  readonly seed: number;
}

/** Where reports are kept, and what they say that they are about. */
export interface ReportFile {
  readonly path: string;
  readonly commit: string;
}

export interface Plan {
  readonly balancer: BenchBalancer;
  readonly plays: readonly Play[];
  readonly file: ReportFile | undefined;
  /** 0: no soak. */
  readonly soakMinutes: number;
}

/** The plan that the environment asks for: that of every test if it asks for nothing. Throws if nobody can play it. */
export function readPlan(order = process.env['FAULTS_PLAN'] ?? '{}'): Plan {
  const {
    faults,
    seeds,
    json,
    commit = '',
    soakMinutes = 0,
    ...rest
  } = JSON.parse(order) as FullOrder;
  const balancer = balancerOf(rest.balancer ?? 'haproxy');
  const plays = chosen(faults, balancer).flatMap((fault) =>
    (seeds ?? [seedInEveryTest(fault)]).map((seed) => ({ fault, seed })),
  );
  const file = json === undefined ? undefined : { path: json, commit };
  return { balancer, plays: inOrder(plays, balancer), file, soakMinutes };
}

/** Half of them with one release of SuperExec, half with the other. */
function seedInEveryTest({ id }: Fault): number {
  return 1 + (IN_EVERY_TEST.indexOf(id) % 2);
}

/** Faults that are named have to be there; of `all`, and of those of every test, what can be played is taken. */
function chosen(ids: readonly string[] | undefined, { name }: BenchBalancer): readonly Fault[] {
  const playable = FAULTS.filter(({ balancers }) => balancers.includes(name));
  if (ids === undefined) return playable.filter(({ id }) => IN_EVERY_TEST.includes(id));
  if (ids.includes('all')) return playable;
  const known = new Map(playable.map((fault) => [fault.id, fault]));
  return ids.map((id) => {
    const fault = known.get(id);
    if (fault === undefined)
      throw new Error(`no fault ${id} behind ${name}; there are: ${[...known.keys()].join(' ')}`);
    return fault;
  });
}

/** By release of SuperExec: to change it takes time. */
function inOrder(plays: readonly Play[], balancer: BenchBalancer): readonly Play[] {
  const release = ({ seed }: Play): string => superExecFor(balancer, seed);
  return plays.toSorted((one, other) => release(one).localeCompare(release(other)));
}
