import { setTimeout as pause } from 'node:timers/promises';

import { duringRun } from '../during-run';

/** As answer-faults.mjs has it. */
const BLOCKED_MILLISECONDS = 20_000;

export const BLOCKED_REPLICA = duringRun({
  id: 'F6',
  name: 'the event loop of a replica is blocked for 20 s',
  workSeconds: 4,
  mostStallSeconds: 5,
  async inject(scene) {
    await scene.moment();
    // A probe calls all the time: it is met at once.
    scene.orders.give('control.list-runs', 'block');
    await pause(BLOCKED_MILLISECONDS);
    return scene.orders.pending.map((method) => `no answer of ${method} met the block`);
  },
});
