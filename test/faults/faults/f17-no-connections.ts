import { setTimeout as pause } from 'node:timers/promises';

import { duringRun } from '../during-run';
import { SIGNS } from '../metrics-watch';

const EXHAUSTED_MILLISECONDS = 10_000;
const SPARE = 2;

export const NO_CONNECTIONS = duringRun({
  id: 'F17',
  name: 'all connections of PostgreSQL but two are taken, for 10 s',
  workSeconds: 4,
  // of class 53 only where a replica did not get enough back before all were taken
  shownBy: [SIGNS.databaseErrors],
  rounds: 2,
  mostRecoverySeconds: 5,
  async inject(scene) {
    await scene.moment();
    const { database } = scene;
    const giveBack = await database.exhaust(await database.sessions(), SPARE);
    await pause(EXHAUSTED_MILLISECONDS);
    scene.tell(`${(await database.sessions()).length} connections were left to the replicas`);
    await giveBack();
    await scene.untilRecovered();
    return [];
  },
});
