import { setTimeout as pause } from 'node:timers/promises';

import { duringRun } from '../during-run';
import { FakeClock } from '../fake-clock';
import { offlineNodes } from '../offline-nodes';

const SKEWED_MILLISECONDS = 6_000;
/** Seconds by which the replica's clock is wrong, one after the other: it jumps back in between. */
const SKEWS = ['+600', '-600', '-3600'];

export const SKEWED_CLOCK = duringRun({
  id: 'F21',
  name: "a replica's clock is 10 min ahead, 10 min behind and an hour behind",
  workSeconds: 5,
  isSeamless: true,
  async inject(scene) {
    const { proxy, directory, replicas } = scene.federation;
    const clock = FakeClock.in(directory);
    if (clock === undefined) return ['libfaketime is not installed'];
    const victim = scene.random.pick(replicas);
    clock.set(SKEWS[0]!);
    await scene.moment();
    await victim.terminate();
    await victim.start({ environment: clock.environment });
    await proxy.untilAllUp();
    for (const skew of SKEWS) {
      clock.set(skew);
      await pause(SKEWED_MILLISECONDS);
    }
    const offline = await offlineNodes(scene.database);
    await victim.terminate();
    await victim.start();
    return offline;
  },
});
