import { setTimeout as pause } from 'node:timers/promises';

import { duringRun } from '../during-run';
import type { Scene } from '../fault';
import { offlineNodes, SHORT_LEASE_SECONDS, shortenLeases } from '../offline-nodes';

/** So long that each node has to be heard meanwhile. */
const SLOW_MILLISECONDS = (SHORT_LEASE_SECONDS + 2) * 1_000;
/** Of each tenth of a second PostgreSQL gets so much. */
const WORKS_MILLISECONDS = 10;
const RESTS_MILLISECONDS = 90;

async function slowDown({ database }: Scene): Promise<void> {
  const end = performance.now() + SLOW_MILLISECONDS;
  while (performance.now() < end) {
    database.pause();
    await pause(RESTS_MILLISECONDS);
    database.resume();
    await pause(WORKS_MILLISECONDS);
  }
}

export const SLOW_DATABASE = duringRun({
  id: 'F16',
  name: 'PostgreSQL gets a tenth of the time, for 37 s',
  workSeconds: 15,
  rounds: 2,
  mostRecoverySeconds: 5,
  async inject(scene) {
    await scene.moment();
    await shortenLeases(scene.database);
    await slowDown(scene);
    const offline = await offlineNodes(scene.database);
    await scene.untilRecovered();
    return offline;
  },
});
