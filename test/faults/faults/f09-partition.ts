import { setTimeout as pause } from 'node:timers/promises';

import { waitUntil } from '../../../scripts/flower/ports.mjs';
import type { HouseholdReplica } from '../../support/household-replica';
import { duringRun } from '../during-run';
import { SIGNS } from '../metrics-watch';

const PARTITIONED_MILLISECONDS = 12_000;
const NOTICE_MILLISECONDS = 3_000;
const BACK_MILLISECONDS = 5_000;

async function readinessOf({ ports }: HouseholdReplica): Promise<number> {
  const { status } = await fetch(`http://127.0.0.1:${ports.http}/health/ready`);
  return status;
}

/** What is wrong if its readiness is not as `isAsExpected` says in time. */
async function whenLate(
  replica: HouseholdReplica,
  timeoutMs: number,
  isAsExpected: (status: number) => boolean,
): Promise<string[]> {
  const isReached = async (): Promise<boolean> => isAsExpected(await readinessOf(replica));
  return waitUntil('readiness', isReached, { timeoutMs, pollMs: 100 }).then(
    () => [],
    () => [`readiness did not turn in ${timeoutMs} ms`],
  );
}

export const PARTITION = duringRun({
  id: 'F9',
  name: 'nothing passes between a replica and PostgreSQL for 12 s',
  workSeconds: 5,
  shownBy: [SIGNS.noDatabase],
  rounds: 2,
  mostStallSeconds: 5,
  mostRecoverySeconds: 5,
  async inject(scene) {
    const victim = scene.federation.replicas.at(-1)!;
    await scene.moment();
    const healed = pause(PARTITIONED_MILLISECONDS);
    scene.database.cutOff();
    const late = await whenLate(victim, NOTICE_MILLISECONDS, (status) => status !== 200);
    await healed;
    scene.database.reconnect();
    const back = await whenLate(victim, BACK_MILLISECONDS, (status) => status === 200);
    await scene.untilRecovered();
    return [...late, ...back];
  },
});
