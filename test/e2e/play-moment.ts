import { createHash } from 'node:crypto';

import { pollMethod } from '../../scripts/flower/generation.mjs';
import type { LogFollower } from '../../scripts/flower/log-follower.mjs';
import type { HouseholdReplica } from '../support/household-replica';
import { RpcWatch } from '../support/rpc-watch';
import { followFrom, keepCliAwayFrom } from '../support/steering';
import { TOY } from '../support/stock-federation';
import type { FederationOfTests } from '../support/use-stock-federation';
import type { Moment } from './kill-moments';
import { linesOfApp } from './whole-run';

const RUN_MILLISECONDS = 180_000;

/** Another one by the environment variable E2E_SEED; printed, so that a failure can be had again. */
const SEED = Number(process.env['E2E_SEED'] ?? 20_261_123);
process.stderr.write(`E2E_SEED=${SEED}\n`);

/** The same for a name whatever else is played. */
export function seededNumber(name: string): number {
  return createHash('sha256').update(`${SEED} ${name}`).digest().readUInt32BE();
}

export interface Play {
  readonly moment: Moment;
  /** Run config of the toy. */
  readonly config: Readonly<Record<string, number>>;
  /** Which of a method's calls, counted from 1, a moment is that it may choose. */
  pick(method: string): number;
}

/**
 * Starts a run, kills a replica at the moment and starts it again; resolves with the run's id when the run has ended
 * and all replicas are in service.
 */
export async function playMoment(here: FederationOfTests, play: Play): Promise<string> {
  const { federation } = here;
  const watch = new RpcWatch(federation.replicas);
  let release = (): Promise<void> => Promise.resolve();
  try {
    const superExecReplica = await watch.nth(
      `Task/${pollMethod(federation.releases.superExec)}`,
      1,
    );
    if (play.moment.isBesideStartRun) {
      release = await keepCliAwayFrom(superExecReplica, federation);
    }
    return await playWatched(here, play, { watch, superExecReplica, release });
  } finally {
    watch.close();
    await release();
    await federation.proxy.untilAllUp();
  }
}

interface Stage {
  readonly watch: RpcWatch;
  readonly superExecReplica: HouseholdReplica;
  readonly release: () => Promise<void>;
}

async function playWatched(
  { federation, ledger }: FederationOfTests,
  { moment, config, pick }: Play,
  { watch, superExecReplica, release }: Stage,
): Promise<string> {
  let tellStarted!: (runId: string) => void;
  const started = new Promise<string>((resolve) => {
    tellStarted = resolve;
  });
  let log: LogFollower | undefined;
  const follow = async (): Promise<{ log: LogFollower; replica: HouseholdReplica }> => {
    const replica = federation.replicas[seededNumber(moment.name) % federation.replicas.length]!;
    log = await followFrom(replica, await started, federation);
    return { log, replica };
  };
  const killed = moment
    .reached({ federation, ledger, watch, superExecReplica, pick, follow })
    .then((replica) => {
      replica.kill();
      return replica;
    });
  const released = killed.then(release);
  // The database may tell of the run's end before the replica's line about its last call is here.
  const lastCall = watch.nth('Task/PushTaskOutput', 1);
  const runId = await federation.clients.run(TOY, config);
  tellStarted(runId);
  const finished = ledger.untilFinished(runId, RUN_MILLISECONDS);
  const ended = Promise.all([finished, lastCall]).then(() => undefined);
  const victim = await Promise.race([killed, ended]);
  if (victim === undefined) throw new Error('the run ended before the moment');
  await victim.ended();
  await released;
  await victim.start();
  await finished;
  await log?.waitForEnd(RUN_MILLISECONDS);
  if (log !== undefined) {
    expect(linesOfApp(log.lines)).toEqual(linesOfApp(await federation.clients.log(runId)));
  }
  return runId;
}
