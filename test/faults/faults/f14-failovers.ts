import { duringRun } from '../during-run';
import { SIGNS } from '../metrics-watch';

const FAILOVERS = 3;

export const FAILOVERS_IN_A_ROW = duringRun({
  id: 'F14',
  name: 'three failovers in a row, back and forth: the old primary follows with a new copy of the data',
  workSeconds: 5,
  shownBy: [SIGNS.databaseErrors],
  mostRecoverySeconds: 5,
  async inject(scene) {
    const { database } = scene;
    await scene.moment();
    for (let count = 1; count <= FAILOVERS; count += 1) {
      if (scene.isFinished) return [`the run ended before failover ${count}`];
      await database.primary.kill();
      await database.promote();
      const seconds = await scene.untilRecovered();
      scene.tell(`served ${seconds} s after promotion ${count}`);
      await database.servers.rebuildStandby();
    }
    return [];
  },
});
