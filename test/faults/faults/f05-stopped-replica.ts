import { setTimeout as pause } from 'node:timers/promises';

import { duringRun } from '../during-run';
import { SIGNS } from '../metrics-watch';

export const STOPPED_REPLICA = duringRun({
  id: 'F5',
  name: 'a replica gets SIGSTOP, and SIGCONT 12 to 16 s later',
  workSeconds: 5,
  shownBy: [SIGNS.silent],
  rounds: 2,
  mostStallSeconds: 5,
  async inject(scene) {
    await scene.moment();
    const victim = scene.probedReplica();
    victim.pause();
    await pause(scene.random.between(12, 16) * 1_000);
    victim.resume();
    return [];
  },
});
