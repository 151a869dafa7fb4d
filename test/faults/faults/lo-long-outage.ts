import { setTimeout as pause } from 'node:timers/promises';

import { duringRun } from '../during-run';
import { SIGNS } from '../metrics-watch';

/** More than a lease, which nobody can prolong meanwhile. */
const AWAY_MILLISECONDS = 100_000;

export const LONG_OUTAGE = duringRun({
  id: 'LO',
  name: 'PostgreSQL is away for 100 s',
  workSeconds: 5,
  shownBy: [SIGNS.noDatabase],
  rounds: 2,
  mostRecoverySeconds: 5,
  async inject(scene) {
    const { primary } = scene.database;
    await scene.moment();
    await primary.stop();
    await pause(AWAY_MILLISECONDS);
    await primary.start();
    await scene.untilRecovered();
    return [];
  },
});
