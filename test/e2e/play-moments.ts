import { createHash } from 'node:crypto';

import { pollMethod } from '../../scripts/flower/generation.mjs';
import type { LogFollower } from '../../scripts/flower/log-follower.mjs';
import type { HouseholdReplica } from '../support/household-replica';
import { RpcWatch } from '../support/rpc-watch';
import { followFrom, keepCliAwayFrom } from '../support/steering';
import { TOY } from '../support/stock-federation';
import type { FederationOfTests } from '../support/use-stock-federation';
import type { Moment, Scene } from './kill-moments';
import { linesOfApp } from './whole-run';

const RUN_MILLISECONDS = 180_000;

/** Another one by the environment variable E2E_SEED; printed, so that a failure can be had again. */
const SEED = Number(process.env['E2E_SEED'] ?? 20_261_123);
process.stderr.write(`E2E_SEED=${SEED}\n`);

/** The same for a name whatever else is played. */
export function seededNumber(name: string): number {
  return createHash('sha256').update(`${SEED} ${name}`).digest().readUInt32BE();
}

/** A run has no more of these calls. */
const ONCE = new Set(['Task/PullTaskInput', 'Task/PushTaskOutput']);
/** Of all others there are so many or more in two rounds. */
const OTHERS = 3;

/** Which of a method's calls, counted from 1, a moment of the play `name` is that it may choose. */
export function pickFor(name: string): Scene['pick'] {
  return (method) => (ONCE.has(method) ? 1 : 1 + (seededNumber(`${name} ${method}`) % OTHERS));
}

export interface Play {
  /** One after another: each is looked for when the replica that died at the one before is in service again. */
  readonly moments: readonly Moment[];
  /** Run config of the toy. */
  readonly config: Readonly<Record<string, number>>;
  readonly pick: Scene['pick'];
}

/**
 * Starts a run and at each of the moments kills a replica and starts it again; resolves with the run's id when the run
 * has ended and all replicas are in service.
 */
export async function playMoments(here: FederationOfTests, play: Play): Promise<string> {
  const { federation } = here;
  const watch = new RpcWatch(federation.replicas);
  let release = (): Promise<void> => Promise.resolve();
  try {
    const superExecReplica = await watch.nth(
      `Task/${pollMethod(federation.releases.superExec)}`,
      1,
    );
    if (play.moments[0]!.isBesideStartRun) {
      release = await keepCliAwayFrom(superExecReplica, federation);
    }
    return await new PlayedRun(here, play, { watch, superExecReplica }).play(release);
  } finally {
    watch.close();
    await release();
    await federation.proxy.untilAllUp();
  }
}

class PlayedRun {
  private readonly started: Promise<string>;
  private tellStarted!: (runId: string) => void;
  /** Resolves when the run has ended and the replica's line about its last call is here too. */
  private ended!: Promise<undefined>;
  private log: LogFollower | undefined;

  constructor(
    private readonly here: FederationOfTests,
    private readonly options: Play,
    private readonly seen: Pick<Scene, 'watch' | 'superExecReplica'>,
  ) {
    this.started = new Promise((resolve) => {
      this.tellStarted = resolve;
    });
  }

  /** `release` is called when the first replica has died. */
  async play(release: () => Promise<void>): Promise<string> {
    const { federation, ledger } = this.here;
    const { moments, config } = this.options;
    const [first, ...later] = moments;
    const killed = this.killAt(first!);
    const released = killed.then(release);
    const lastCall = this.seen.watch.nth('Task/PushTaskOutput', 1);
    const runId = await federation.clients.run(TOY, config);
    this.tellStarted(runId);
    const finished = ledger.untilFinished(runId, RUN_MILLISECONDS);
    this.ended = Promise.all([finished, lastCall]).then(() => undefined);
    await this.revive(first!, killed, released);
    for (const moment of later) await this.revive(moment, this.killAt(moment));
    await finished;
    await this.expectWholeLog(runId);
    return runId;
  }

  private async killAt(moment: Moment): Promise<HouseholdReplica> {
    const { federation, ledger } = this.here;
    const { pick } = this.options;
    const follow = this.follow.bind(this);
    const replica = await moment.reached({ federation, ledger, pick, follow, ...this.seen });
    replica.kill();
    return replica;
  }

  /** Starts the replica again that dies at the moment; until all are in service nothing else is to happen. */
  private async revive(
    { name }: Moment,
    killed: Promise<HouseholdReplica>,
    released?: Promise<void>,
  ): Promise<void> {
    const victim = await Promise.race([killed, this.ended]);
    if (victim === undefined) throw new Error(`the run ended before this: ${name}`);
    await victim.ended();
    await released;
    await victim.start();
    await this.here.federation.proxy.untilAllUp();
  }

  private async follow(): Promise<{ log: LogFollower; replica: HouseholdReplica }> {
    const { federation } = this.here;
    const chosen = seededNumber(this.options.moments.map(({ name }) => name).join());
    const replica = federation.replicas[chosen % federation.replicas.length]!;
    this.log = await followFrom(replica, await this.started, federation);
    return { log: this.log, replica };
  }

  private async expectWholeLog(runId: string): Promise<void> {
    if (this.log === undefined) return;
    await this.log.waitForEnd(RUN_MILLISECONDS);
    const whole = await this.here.federation.clients.log(runId);
    expect(linesOfApp(this.log.lines)).toEqual(linesOfApp(whole));
  }
}
