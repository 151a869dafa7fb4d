import { setTimeout as pause } from 'node:timers/promises';

import { duringRun } from '../during-run';

const EXHAUSTED_MILLISECONDS = 10_000;
const SPARE = 2;

export const NO_CONNECTIONS = duringRun({
  id: 'F17',
  name: 'all connections of PostgreSQL but two are taken, for 10 s',
  workSeconds: 4,
  shownBy: [{ name: 'database_errors_total', labels: { class: '53' } }],
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
