import type { Played } from './play';
import { ANY_RPC } from './script';

/** A class of differences, and how often it was seen. */
export interface DifferenceClass {
  /** RPC, situation, their outcome and ours: the same in every run of a plan. */
  readonly key: string;
  readonly count: number;
  /** An error's text of each side, for people. */
  readonly example: string;
}

export function classesOf(played: readonly Played[]): DifferenceClass[] {
  const classes = new Map<string, DifferenceClass>();
  for (const each of played) {
    if (each.difference === undefined) continue;
    const key = `${placeOf(each)}: ${each.difference.theirs} -> ${each.difference.ours}`;
    const count = (classes.get(key)?.count ?? 0) + 1;
    const example = [each.situation, each.theirs.text, each.ours.text]
      .map((text) => text.slice(0, 200))
      .join(' | ');
    classes.set(key, { key, count, example });
  }
  return [...classes.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** Where a difference belongs: mostly to an RPC in a situation. */
function placeOf({ rpc, situation, theirs, ours }: Played): string {
  const service = rpc.replace(/\..*/, '');
  if (situation.startsWith(ANY_RPC)) return `${service} ${situation}`;
  // releases before 1.34 give no numbers there
  if (ours.status.startsWith(`${theirs.status} `)) return `${service} ${ANY_RPC} without a number`;
  if (EXCEPTIONS.has(theirs.status) && ours.status !== 'OK') {
    return `${ALIKE.has(ours.status) ? `${service} ${ANY_RPC}` : rpc} where it breaks`;
  }
  return `${rpc} ${situation}`;
}

/** What servers say when they did not expect what came. */
const EXCEPTIONS = new Set(['UNKNOWN', 'INTERNAL', '500']);

/** What every RPC of ours says for the same reason. */
const ALIKE = new Set(['UNAUTHENTICATED', 'INVALID_ARGUMENT 1003', '401', '401 1008', '400 1003']);

/** How many calls of each RPC had which outcome on their side. */
export function totalsOf(played: readonly Played[]): string {
  const rpcs = new Map<string, Map<string, number>>();
  for (const { rpc, theirs } of played) {
    const outcomes = rpcs.get(rpc) ?? new Map<string, number>();
    outcomes.set(theirs.status, (outcomes.get(theirs.status) ?? 0) + 1);
    rpcs.set(rpc, outcomes);
  }
  const lines = [...rpcs.entries()].sort().map(([rpc, outcomes]) => {
    const told = [...outcomes].map(([outcome, count]) => `${outcome} x ${count}`).join(', ');
    return `  ${rpc}: ${told}`;
  });
  return [`${played.length} calls to each side; their outcomes:`, ...lines].join('\n');
}
