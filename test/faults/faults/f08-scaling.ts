import { waitUntil } from '../../../scripts/flower/ports.mjs';
import type { HouseholdReplica, RpcEvent } from '../../support/household-replica';
import { duringRun } from '../during-run';
import { SIGNS } from '../metrics-watch';

const SHARE_MILLISECONDS = 60_000;

/** Which replicas serve calls from now on. */
function whoServes(replicas: readonly HouseholdReplica[]): {
  readonly seen: ReadonlySet<HouseholdReplica>;
  readonly close: () => void;
} {
  const seen = new Set<HouseholdReplica>();
  const see = ({ replica }: RpcEvent): void => void seen.add(replica);
  for (const replica of replicas) replica.on('rpc', see);
  return {
    seen,
    close: () => {
      for (const replica of replicas) replica.off('rpc', see);
    },
  };
}

export const SCALING = duringRun({
  id: 'F8',
  name: 'three replicas become one, and three again',
  workSeconds: 5,
  shownBy: [SIGNS.draining],
  isSeamless: true,
  async inject(scene) {
    const { replicas, proxy } = scene.federation;
    await scene.moment();
    const leaving = scene.random.shuffled(replicas).slice(1);
    await Promise.all(leaving.map((replica) => replica.terminate()));
    await scene.nextMoment();
    await Promise.all(leaving.map((replica) => replica.start()));
    await proxy.untilAllUp();
    const serving = whoServes(replicas);
    const limits = { timeoutMs: SHARE_MILLISECONDS };
    const haveShares = (): boolean => serving.seen.size === replicas.length;
    return waitUntil('a share for all', haveShares, limits)
      .then(
        () => [],
        () => [`after ${SHARE_MILLISECONDS} ms only ${serving.seen.size} replicas serve calls`],
      )
      .finally(serving.close);
  },
});
