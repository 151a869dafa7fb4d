import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

import { WATCHDOG_SECONDS } from '../bench';
import { duringRun } from '../during-run';
import type { Scene } from '../fault';
import { SIGNS } from '../metrics-watch';

/** Beyond the watchdog's time: its looks, and a machine with other work. */
const MORE_SECONDS = 5;

/** Resolves when a replica has ended and was started again; false if none ends in time. */
async function hasEnded({ federation }: Scene): Promise<boolean> {
  const ends = federation.replicas.map(async (replica) => {
    await once(replica, 'end');
    return replica;
  });
  const late = pause((WATCHDOG_SECONDS + MORE_SECONDS) * 1_000, undefined, { ref: false });
  const ended = await Promise.race([...ends, late]);
  await ended?.start();
  return ended !== undefined;
}

export const BLOCKED_REPLICA = duringRun({
  id: 'F6',
  name: 'the event loop of a replica is blocked for 20 s',
  workSeconds: 5,
  shownBy: [SIGNS.newProcess],
  rounds: 2,
  mostStallSeconds: 5,
  async inject(scene) {
    await scene.moment();
    const ended = hasEnded(scene);
    // A probe calls all the time: it is met at once.
    scene.orders.give('control.list-runs', 'block');
    return (await ended) ? [] : ['no watchdog ended the replica'];
  },
});
