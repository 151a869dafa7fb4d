import { resultOf } from '../../scripts/flower/federation.mjs';
import { waitUntil } from '../../scripts/flower/ports.mjs';
import { linesOfApp } from '../e2e/whole-run';
import { Ledger } from '../support/ledger';
import { CLIENT_FAILURE } from '../support/stock-federation';
import type { Bench } from './bench';
import type { RunEnd } from './fault';
import type { Evidence } from './invariants';
import { answersOf, strangeAnswers } from './proxy-record';
import type { RunScene } from './run-scene';
import { whatSwelled } from './swelling';

const CLEANED_MILLISECONDS = 60_000;
/** What the CLI says itself when its connection breaks; LogFollower leaves it out, too. */
const OF_THE_CLI = /^Error|UNAVAILABLE/;
/** Answers that a draining replica or a database in trouble gives, which clients repeat. */
const RETRYABLE = /UNAVAILABLE$|STREAM_MOVED$/;
/** What the programs of a run are told when it was stopped or has failed. */
const OF_ENDED_RUNS = /(RUN_STATUS_NOT_ALLOWED|UNAUTHENTICATED|ENDPOINT_REFUSED)$/;
/** Stock ServerApps go on to send heartbeats until their log is up, up to some seconds after they have told their result. */
const HEARTBEAT_OF_AN_ENDED_TASK = 'Task/SendTaskHeartbeat UNAUTHENTICATED';

export interface Played {
  readonly scene: RunScene;
  readonly expectedEnd: RunEnd;
  readonly rounds: number;
  /** Milliseconds since the epoch at which all began. */
  readonly since: number;
  /** Of the history, from when all began. */
  readonly mark: string;
  /** Objects that were broken amid the fault. */
  readonly brokenAmid: readonly string[];
  /** Stock programs that the fault ended on purpose. */
  readonly ownVictims: readonly string[];
  /** Refusals that the fault provokes. */
  readonly provokes: readonly RegExp[];
}

/** Gathers what is known of a run that has ended and of a bench that was healed. */
export async function gatherEvidence(bench: Bench, played: Played): Promise<Evidence> {
  const { federation, history, database, undisturbed } = bench;
  const { scene, expectedEnd, rounds, since, mark } = played;
  const { runId, record } = scene;
  const storedLog = linesOfLog(await federation.clients.log(runId));
  const ledger = await Ledger.openAgain(database.url);
  const messages = await ledger.messages(runId);
  await ledger.close();
  const leftovers = await leftoversOf(bench);
  const isCompleted = expectedEnd === 'finished:completed';
  const endedAt = await history.endedAt(runId);
  const strange = [...record.refusals]
    .filter(([refusal, at]) => refusal !== HEARTBEAT_OF_AN_ENDED_TASK || at < endedAt)
    .map(([refusal]) => refusal)
    .filter((refusal) => !RETRYABLE.test(refusal));
  const expected = [...(isCompleted ? [] : [OF_ENDED_RUNS]), ...played.provokes];
  const usual = undisturbed?.refusals ?? new Set(strange);
  const result = resultOf(storedLog);
  const checksums = undisturbed?.checksums ?? result?.checksums;
  return {
    expectedEnd,
    status: await history.status(runId),
    nodes: federation.nodeCount,
    rounds,
    result,
    undisturbedChecksum: checksums?.[rounds - 1] ?? '',
    messages,
    steps: await history.steps(runId, mark),
    seenStatuses: scene.probes.all.map(({ statuses }) => statuses),
    endedClients: federation.endedClients.filter((name) => !played.ownVictims.includes(name)),
    clientFailures: isCompleted ? federation.linesOfClients(CLIENT_FAILURE, since) : [],
    probeFailures: scene.probes.all.flatMap(({ failures }) => failures),
    strangeRefusals: strange.filter(
      (refusal) => !usual.has(refusal) && !expected.some((pattern) => pattern.test(refusal)),
    ),
    strangeAnswers: strangeAnswers(answersOf(federation, since)),
    brokenObjects: [...played.brokenAmid, ...(await history.brokenObjects())],
    leftovers,
    followedLog: linesOfLog(scene.log.lines),
    storedLog,
    lateLines: linesOfLog((await history.lateLog(runId)).split('\n')).length,
    replicaFailures: record.failures,
    swollen: await whatSwelled(bench),
  };
}

function linesOfLog(lines: readonly string[]): string[] {
  return linesOfApp(lines.filter((line) => !OF_THE_CLI.test(line)));
}

/** Rows that are left when housekeeping has had its time. */
async function leftoversOf({ history }: Bench): Promise<Record<string, number>> {
  let left: Record<string, number> = {};
  const isClean = async (): Promise<boolean> => {
    left = await history.leftovers();
    return Object.keys(left).length === 0;
  };
  const limits = { timeoutMs: CLEANED_MILLISECONDS };
  await waitUntil('an end of the rows of the run', isClean, limits).catch(() => false);
  return left;
}
