import type { ToyResult } from '../../scripts/flower/federation.mjs';
import type { MessageCounts } from '../support/ledger';
import type { RunEnd } from './fault';
import type { Steps } from './history';

/** What one invariant comes to. */
export interface Finding {
  readonly invariant: string;
  /** `unknown`: this run cannot tell. */
  readonly verdict: 'held' | 'broken' | 'unknown';
  readonly broken: readonly string[];
}

/** All that is known of a run and of those who played it, when all is over. */
export interface Evidence {
  readonly expectedEnd: RunEnd;
  readonly status: string | undefined;
  readonly nodes: number;
  readonly rounds: number;
  readonly result: ToyResult | null;
  readonly undisturbedChecksum: string;
  readonly messages: MessageCounts;
  readonly steps: Steps;
  /** Of the run, as each probe saw them in turn. */
  readonly seenStatuses: readonly (readonly string[])[];
  /** Stock programs that have ended although nobody ended them. */
  readonly endedClients: readonly string[];
  readonly clientFailures: readonly string[];
  readonly probeFailures: readonly string[];
  /** Failures of calls that no undisturbed run has, `UNAVAILABLE` left out. */
  readonly strangeRefusals: readonly string[];
  /** What the balancer told clients that they do not come again after. */
  readonly strangeAnswers: readonly string[];
  readonly brokenObjects: readonly string[];
  readonly leftovers: Readonly<Record<string, number>>;
  /** The run's log as it was followed through the fault, and as it is told afterwards. */
  readonly followedLog: readonly string[];
  readonly storedLog: readonly string[];
  /** So many of the last stored lines came after the run's end: no stream owes them. */
  readonly lateLines: number;
  /** Ends of replicas that nobody ordered, and errors that they logged. */
  readonly replicaFailures: readonly string[];
  /** What did not go back to where it was: memory, connections, locks. */
  readonly swollen: readonly string[];
}

type Rule = readonly [name: string, check: (evidence: Evidence) => readonly string[] | undefined];

const isCompleted = ({ expectedEnd }: Evidence): boolean => expectedEnd === 'finished:completed';

/** Of the toy's log, what is there exactly once each. */
const MILESTONE = /^(round \d+ (begins|took)|RESULT)/;

/** In the words of the matrix. A rule gives what broke it, or nothing at all if this run cannot tell. */
const RULES: readonly Rule[] = [
  ['I1 no accepted message is lost', lostMessages],
  ['I2 each message is executed once', repeatedMessages],
  [
    'I3 a task has one owner at a time',
    ({ steps }) => (steps.owner > 0 ? steps.brokenOwner : undefined),
  ],
  ['I4 no Flower process ends, only retryable codes', lostClients],
  ['I5 the result is that of the undisturbed run', strangeResult],
  ['I6 status only moves forward', statusesBackwards],
  ['I7 objects are what their ids say, no rows are left', damagedStore],
  ['I8 the log has no gap and nothing twice', damagedLog],
  [
    'I9 replicas live on as they were',
    ({ replicaFailures, swollen }) => [...replicaFailures, ...swollen],
  ],
];

/** Judges each invariant by what is known. */
export function checkInvariants(evidence: Evidence): Finding[] {
  return RULES.map(([invariant, check]) => {
    const broken = check(evidence);
    if (broken === undefined) return { invariant, verdict: 'unknown', broken: [] };
    return { invariant, verdict: broken.length === 0 ? 'held' : 'broken', broken };
  });
}

/** Texts of the numbers that are not what they should be. */
function differing<Name extends string>(
  found: Readonly<Record<Name, number>>,
  expected: Readonly<Partial<Record<Name, number>>>,
): string[] {
  const names = Object.keys(expected) as Name[];
  return names
    .filter((name) => found[name] !== expected[name])
    .map((name) => `${name}: ${found[name]} instead of ${expected[name]}`);
}

/** One more to each node than there are rounds: the app asks it at the end what it has executed. */
const messagesOf = ({ nodes, rounds }: Evidence): number => nodes * (rounds + 1);

/** Messages that a completed run missed, and those that it had more than once; null where none was to complete. */
export function countMessages(evidence: Evidence): {
  readonly lost: number | null;
  readonly doubled: number | null;
} {
  if (!isCompleted(evidence)) return { lost: null, doubled: null };
  const { result, messages } = evidence;
  const all = messagesOf(evidence);
  return {
    lost: Math.max(result?.lost ?? 0, all - messages.answeredOnce, all - messages.sentOnce),
    doubled: Math.max(
      result?.doubled ?? 0,
      messages.sent - messages.sentOnce,
      messages.answered - messages.answeredOnce,
    ),
  };
}

function lostMessages(evidence: Evidence): string[] | undefined {
  if (!isCompleted(evidence)) return undefined;
  const { result, messages, nodes, rounds } = evidence;
  if (result === null) return ['the app printed no result'];
  const all = messagesOf(evidence);
  return [
    ...result.errors.map((error) => `the app got an error: ${error}`),
    ...differing(
      { replies: result.replies, lost: result.lost },
      { replies: nodes * rounds, lost: 0 },
    ),
    ...differing(messages, { sentOnce: all, confirmed: all, answeredOnce: all }),
  ];
}

function repeatedMessages(evidence: Evidence): string[] | undefined {
  const { result, messages } = evidence;
  if (!isCompleted(evidence) || result === null) return undefined;
  const all = messagesOf(evidence);
  return [
    ...differing({ doubled: result.doubled }, { doubled: 0 }),
    ...differing(messages, { sent: all, answered: all }),
  ];
}

function lostClients(evidence: Evidence): string[] {
  return [
    ...evidence.endedClients.map((name) => `${name} has ended`),
    ...evidence.clientFailures,
    ...evidence.probeFailures,
    ...evidence.strangeRefusals,
    ...evidence.strangeAnswers,
  ];
}

function strangeResult(evidence: Evidence): string[] | undefined {
  const { expectedEnd, status, result, undisturbedChecksum } = evidence;
  const ended = status === expectedEnd ? [] : [`the run is ${status}, not ${expectedEnd}`];
  if (!isCompleted(evidence)) return ended;
  const isSame = result?.checksum === undisturbedChecksum;
  return isSame ? ended : [...ended, `checksum ${result?.checksum}, not ${undisturbedChecksum}`];
}

const RANK: Readonly<Record<string, number>> = { pending: 0, starting: 1, running: 2, finished: 3 };

const rankOf = (status: string): number => RANK[status.split(':')[0]!] ?? -1;

function statusesBackwards({ steps, seenStatuses }: Evidence): string[] | undefined {
  if (steps.status === 0 || seenStatuses.flat().length === 0) return undefined;
  const seen = seenStatuses.flatMap((statuses) =>
    statuses.slice(1).flatMap((status, index) => {
      const before = statuses[index]!;
      return rankOf(status) > rankOf(before) ? [] : [`seen ${status} after ${before}`];
    }),
  );
  return [...steps.brokenStatus, ...seen];
}

function damagedStore({ brokenObjects, leftovers }: Evidence): string[] {
  const left = Object.entries(leftovers).map(([table, count]) => `${count} rows left in ${table}`);
  return [...brokenObjects.map((text) => `object ${text}`), ...left];
}

function damagedLog(evidence: Evidence): string[] {
  const { followedLog, storedLog, lateLines, rounds } = evidence;
  const differs = followedLog.findIndex((line, index) => storedLog[index] !== line);
  const isSame = followedLog.length >= storedLog.length - lateLines && differs < 0;
  const told = isSame
    ? []
    : [`followed ${followedLog.length} lines of ${storedLog.length}, first other one: ${differs}`];
  if (!isCompleted(evidence)) return told;
  const milestones = storedLog.flatMap((line) => MILESTONE.exec(line)?.[0] ?? []);
  const expected = Array.from({ length: rounds }, (_, index) => index + 1).flatMap((round) => [
    `round ${round} begins`,
    `round ${round} took`,
  ]);
  const isWhole = milestones.join() === [...expected, 'RESULT'].join();
  return isWhole ? told : [...told, `the log's milestones are: ${milestones.join(', ')}`];
}
