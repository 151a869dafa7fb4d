import { CLIENT_RETRY, TOY } from '../support/stock-federation';
import { EVERY_BALANCER, superExecFor } from './balancers';
import type { Bench } from './bench';
import { gatherEvidence, type Played } from './evidence';
import type { Fault, FaultReport, RunEnd, Scene } from './fault';
import { checkInvariants, countMessages } from './invariants';
import { nameOf, type Sign, SIGNS } from './metrics-watch';
import { answersOf, tellAnswers } from './proxy-record';
import { Random } from './random';
import { memoryOf } from './replica-record';
import { RunScene } from './run-scene';

/** Of the undisturbed run, and the most that a disturbed one may have. */
const MOST_ROUNDS = 4;
/** Of the log, told when something broke. */
const LAST_LINES = 30;
const CONFIG = { 'payload-kb': 64, 'reply-kb': 64, arrays: 4 };
const CONNECTED_AGAIN = /Connection successful after ([\d.]+) seconds/;

/** A fault that meets a run of the toy. */
export interface Disturbance {
  readonly id: string;
  readonly name: string;
  /** Seconds that nodes work on each message: so long that the fault meets the run. */
  readonly workSeconds: number;
  /** How many there are, 4 at the most and if absent: so few that the fault still meets the run. */
  readonly rounds?: number;
  /** How the run is to end; completed if absent. */
  readonly ends?: RunEnd;
  /** Stock programs that it ends on purpose. */
  readonly victims?: readonly string[];
  /** What it has replicas refuse, as `Service/Method FAILURE`. */
  readonly provokes?: readonly RegExp[];
  /** Where metrics show it, each in one replica at least. */
  readonly shownBy?: readonly Sign[];
  /** What they show of other faults only. */
  readonly notShownBy?: readonly Sign[];
  /** The longest that a probe may wait for an answer. */
  readonly mostStallSeconds?: number;
  /** The longest that it may take from the end of each disturbance until all probes are served. */
  readonly mostRecoverySeconds?: number;
  /** True: no client may have to send a call again, and no stream may break. */
  readonly isSeamless?: boolean;
  /** What is to be there from the start of the run. */
  prepare?(bench: Bench, random: Random): Promise<void> | void;
  /** Disturbs; resolves, with what broke, when all is whole again. */
  inject(scene: Scene): Promise<readonly string[]>;
}

/** Makes a fault of what disturbs a run. */
export function duringRun(disturbance: Disturbance): Fault {
  const { id, name, shownBy = [] } = disturbance;
  return {
    id,
    name,
    shownBy,
    balancers: EVERY_BALANCER,
    play: async (bench, seed) => playDisturbed(await bench(), disturbance, seed),
  };
}

/** Plays a run without a fault; the bench keeps what the first one was like. */
export async function playQuiet(bench: Bench, seed: number): Promise<FaultReport> {
  const quiet = { id: '-', name: 'no fault', workSeconds: 1, isSeamless: true };
  const notShownBy = Object.values(SIGNS);
  const disturbance = {
    ...quiet,
    notShownBy,
    inject: (): Promise<string[]> => Promise.resolve([]),
  };
  return playDisturbed(bench, disturbance, seed);
}

async function playDisturbed(
  bench: Bench,
  disturbance: Disturbance,
  seed: number,
): Promise<FaultReport> {
  const began = performance.now();
  const since = Date.now();
  await bench.revive();
  await bench.useSuperExec(superExecFor(bench.balancer, seed));
  const mark = await bench.history.mark();
  const random = new Random(`${disturbance.id} ${seed}`);
  const { rounds = MOST_ROUNDS, workSeconds } = disturbance;
  const config = { ...CONFIG, rounds, 'client-delay': workSeconds };
  await disturbance.prepare?.(bench, random);
  const signs = [...(disturbance.shownBy ?? []), ...(disturbance.notShownBy ?? [])];
  const scene = await RunScene.begin(bench, random, TOY, config, signs);
  try {
    const broken = [...(await disturbedBy(scene, disturbance))];
    await bench.heal();
    await scene.untilRecovered();
    const brokenAmid = await bench.history.brokenObjects();
    await scene.end();
    if (disturbance.ends !== undefined) await scene.untilNodesAreIdle(); // or the next play sees refusals
    await scene.probes.stop();
    await scene.metrics.stop(); // what ended the run may be in the last scrape only
    const expectedEnd = disturbance.ends ?? 'finished:completed';
    const ownVictims = disturbance.victims ?? [];
    const { provokes = [] } = disturbance;
    const played = { scene, expectedEnd, rounds, since, mark, brokenAmid, ownVictims, provokes };
    broken.push(...whatExceeded(bench, disturbance, played));
    const report = await reportOn(bench, disturbance, played, broken);
    return { ...report, seed, seconds: (performance.now() - began) / 1_000 };
  } finally {
    await bench.heal();
    await scene.close();
  }
}

/** What the fault itself found broken; a fault that fails is a failure, and no reason to skip the invariants. */
async function disturbedBy(scene: RunScene, fault: Disturbance): Promise<readonly string[]> {
  try {
    return await fault.inject(scene);
  } catch (thrown) {
    return [String(thrown)];
  }
}

function whatExceeded(bench: Bench, limits: Disturbance, played: Played): string[] {
  const { probes, longestRecovery } = played.scene;
  const { mostStallSeconds = Infinity, mostRecoverySeconds = Infinity } = limits;
  const stall = probes.longest.seconds;
  const recovery = longestRecovery ?? 0;
  const late = `served ${recovery} s after a disturbance, not ${mostRecoverySeconds} s`;
  return [
    ...(stall <= mostStallSeconds ? [] : [`a stall of ${stall} s, not ${mostStallSeconds} s`]),
    ...(recovery <= mostRecoverySeconds ? [] : [late]),
    ...(limits.isSeamless === true ? seamsIn(bench, played) : []),
    ...wrongSigns(limits, played),
  ];
}

/** Where metrics do not tell what happened. */
function wrongSigns({ shownBy = [], notShownBy = [] }: Disturbance, { scene }: Played): string[] {
  const { seen } = scene.metrics;
  return [
    ...shownBy.filter((sign) => !seen.has(sign)).map((sign) => `not in metrics: ${nameOf(sign)}`),
    ...notShownBy.filter((sign) => seen.has(sign)).map((sign) => `in metrics: ${nameOf(sign)}`),
  ];
}

/** What anybody noticed. */
function seamsIn(bench: Bench, played: Played): string[] {
  const { probes, logCuts } = played.scene;
  return [
    ...retriesIn(bench, played),
    ...probes.retries,
    ...(logCuts === 0 ? [] : [`${logCuts} log streams broke`]),
  ];
}

/** Lines of stock programs, ServerApps too, that tell of a call to be sent again. */
function retriesIn(bench: Bench, { scene, since }: Played): string[] {
  const ofServerApp = scene.log.lines.filter((line) => CLIENT_RETRY.test(line));
  return [...bench.federation.linesOfClients(CLIENT_RETRY, since), ...ofServerApp];
}

function stockStallIn(bench: Bench, { scene, since }: Played): number {
  const told = [...bench.federation.linesOfClients(CONNECTED_AGAIN, since), ...scene.log.lines];
  return Math.max(0, ...told.map((line) => Number(CONNECTED_AGAIN.exec(line)?.[1] ?? 0)));
}

function lastLinesOf({ log }: RunScene): string[] {
  return log.lines.slice(-LAST_LINES).map((line) => `log: ${line}`);
}

async function reportOn(
  bench: Bench,
  { id, name }: Disturbance,
  played: Played,
  own: readonly string[],
): Promise<Omit<FaultReport, 'seed' | 'seconds'>> {
  const { scene } = played;
  const { name: balancer } = bench.balancer;
  scene.tell(tellAnswers(answersOf(bench.federation, played.since)));
  const evidence = await gatherEvidence(bench, played);
  const findings = checkInvariants(evidence);
  const broken = [
    ...own,
    ...findings.flatMap((finding) =>
      finding.broken.map((text) => `${finding.invariant.slice(0, 2)}: ${text}`),
    ),
  ];
  bench.undisturbed ??= {
    checksums: evidence.result?.checksums ?? [],
    calls: new Map(scene.watch.counts),
    refusals: new Set(scene.record.refusals.keys()),
    memory: bench.federation.replicas.map(({ pid }) => memoryOf(pid)),
  };
  return {
    fault: id,
    name,
    ...(balancer === 'haproxy' ? {} : { balancer }),
    passed: broken.length === 0,
    stallSeconds: scene.probes.longest.seconds,
    recoverySeconds: scene.longestRecovery,
    retries: { probes: scene.probes.retries.length, stock: retriesIn(bench, played).length },
    stockStallSeconds: stockStallIn(bench, played),
    ...countMessages(evidence),
    findings,
    broken,
    told: broken.length === 0 ? scene.told : [...scene.told, ...lastLinesOf(scene)],
  };
}
