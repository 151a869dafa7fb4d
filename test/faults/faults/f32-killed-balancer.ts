import { setTimeout as pause } from 'node:timers/promises';

import { behindHaProxy } from '../behind-haproxy';

/** What the one with the address takes to notice. */
const NOTICED_MILLISECONDS = 1_000;

export const KILLED_BALANCER = behindHaProxy({
  id: 'F32',
  name: 'HAProxy gets SIGKILL, and another one has its address 1 s later',
  workSeconds: 2,
  rounds: 2,
  mostStallSeconds: 5,
  async inject(scene, proxy) {
    await scene.moment();
    await proxy.kill();
    await pause(NOTICED_MILLISECONDS);
    await proxy.start();
    await scene.untilRecovered();
    return [];
  },
});
