import { setTimeout as pause } from 'node:timers/promises';

import type { HouseholdReplica } from '../../support/household-replica';
import { duringRun } from '../during-run';
import type { Scene } from '../fault';
import { SIGNS } from '../metrics-watch';

const EVERY_MILLISECONDS = 10_000;

/** The probed one first, so that its loss is felt; then any. */
function victimsIn(scene: Scene): HouseholdReplica[] {
  const first = scene.probedReplica();
  const others = scene.federation.replicas.filter((replica) => replica !== first);
  return [first, ...scene.random.shuffled(others)];
}

export const KILLED_REPLICAS = duringRun({
  id: 'F1',
  name: 'a replica gets SIGKILL every 10 s',
  workSeconds: 4,
  shownBy: [SIGNS.newProcess],
  mostStallSeconds: 3,
  async inject(scene) {
    await scene.moment();
    let killed = 0;
    for (const victim of victimsIn(scene)) {
      if (scene.isFinished) break;
      const next = pause(EVERY_MILLISECONDS);
      victim.kill();
      killed += 1;
      await victim.ended();
      await victim.start();
      await next;
    }
    scene.tell(`${killed} kills`);
    return killed >= 2 ? [] : ['the run was too short for two kills'];
  },
});
