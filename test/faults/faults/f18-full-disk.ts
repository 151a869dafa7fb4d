import { setTimeout as pause } from 'node:timers/promises';

import { duringRun } from '../during-run';

const FULL_MILLISECONDS = 10_000;

export const FULL_DISK = duringRun({
  id: 'F18',
  name: 'the disk of PostgreSQL is full for 10 s',
  workSeconds: 5,
  shownBy: [{ name: 'database_errors_total', labels: { class: '53' } }],
  rounds: 2,
  mostRecoverySeconds: 5,
  async inject(scene) {
    const { database } = scene;
    await scene.moment();
    const makeRoom = await database.fillDisk();
    await pause(FULL_MILLISECONDS);
    await makeRoom();
    const hasEnded = !database.primary.isRunning;
    if (hasEnded) await database.primary.start();
    await database.untilItAccepts();
    scene.tell(hasEnded ? 'PostgreSQL had ended' : 'PostgreSQL went on');
    await scene.untilRecovered();
    return [];
  },
});
