import { setTimeout as pause } from 'node:timers/promises';

import { duringRun } from '../during-run';
import { SIGNS } from '../metrics-watch';

/** What a cluster manager takes to notice. */
const NOTICED_MILLISECONDS = 1_000;

export const FAILOVER = duringRun({
  id: 'F13',
  name: 'the primary gets SIGKILL, its synchronous standby is promoted 1 s later',
  workSeconds: 3,
  shownBy: [SIGNS.databaseErrors],
  rounds: 2,
  mostRecoverySeconds: 5,
  async inject(scene) {
    const { servers } = scene.database;
    await scene.moment();
    await servers.primary.kill();
    await pause(NOTICED_MILLISECONDS);
    await scene.database.promote();
    await scene.untilRecovered();
    await servers.rebuildStandby();
    return [];
  },
});
