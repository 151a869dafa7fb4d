import { inject } from 'vitest';

import { makeNextRelease, NEXT_MIGRATION } from '../../support/next-release';
import { duringRun } from '../during-run';
import type { Scene } from '../fault';

const APPLIED = 'select from schema_migration where name = $1';

/** Brings the replicas to a release, one after the other in seeded order; resolves with what broke. */
async function rollOut(scene: Scene, main: string): Promise<string[]> {
  const { replicas, proxy } = scene.federation;
  const broken: string[] = [];
  for (const replica of scene.random.shuffled(replicas)) {
    if (scene.isFinished) broken.push(`the run ended before replica ${replica.index + 1} did`);
    const { code } = await replica.terminate();
    if (code !== 0) broken.push(`replica ${replica.index + 1} ended with ${code}`);
    await replica.start({ main });
    await proxy.untilAllUp();
  }
  return broken;
}

export const ROLLING_UPGRADE = duringRun({
  id: 'F24',
  name: 'all replicas are brought to a newer schema one by one, and back',
  workSeconds: 15,
  shownBy: [{ name: 'build_info', labels: { schema: NEXT_MIGRATION }, above: 0 }],
  isSeamless: true,
  async inject(scene) {
    const { database } = scene;
    const main = inject('superlinkProgram');
    const next = makeNextRelease(main);
    try {
      await scene.nextMoment();
      const forth = await rollOut(scene, next.main);
      const applied = await database.query(APPLIED, [NEXT_MIGRATION]);
      const back = await rollOut(scene, main);
      await scene.untilFinished();
      return [...forth, ...back, ...(applied.length > 0 ? [] : ['the newer schema did not come'])];
    } finally {
      for (const statement of next.undo) await database.query(statement);
      next.remove();
    }
  },
});
