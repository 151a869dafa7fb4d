import { duringRun } from '../during-run';
import { SIGNS } from '../metrics-watch';

const GRACE_MILLISECONDS = 30_000;

export const ROLLING_RESTART = duringRun({
  id: 'F7',
  name: 'all replicas get SIGTERM one by one',
  workSeconds: 5,
  shownBy: [SIGNS.draining],
  isSeamless: true,
  async inject(scene) {
    const broken: string[] = [];
    await scene.nextMoment();
    for (const replica of scene.random.shuffled(scene.federation.replicas)) {
      if (scene.isFinished) broken.push(`the run ended before replica ${replica.index + 1} did`);
      const began = performance.now();
      const { code } = await replica.terminate();
      const milliseconds = performance.now() - began;
      if (code !== 0) broken.push(`replica ${replica.index + 1} ended with ${code}`);
      if (milliseconds > GRACE_MILLISECONDS) broken.push(`it took ${milliseconds} ms to end`);
      await replica.start();
      await scene.federation.proxy.untilAllUp();
    }
    return broken;
  },
});
