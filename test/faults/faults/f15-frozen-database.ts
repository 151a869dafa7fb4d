import { setTimeout as pause } from 'node:timers/promises';

import { duringRun } from '../during-run';
import { SIGNS } from '../metrics-watch';

const FROZEN_MILLISECONDS = 15_000;

export const FROZEN_DATABASE = duringRun({
  id: 'F15',
  name: 'PostgreSQL gets SIGSTOP, and SIGCONT 15 s later',
  workSeconds: 5,
  shownBy: [SIGNS.noDatabase],
  rounds: 2,
  mostRecoverySeconds: 5,
  async inject(scene) {
    await scene.moment();
    scene.database.pause();
    await pause(FROZEN_MILLISECONDS);
    scene.database.resume();
    await scene.untilRecovered();
    return [];
  },
});
