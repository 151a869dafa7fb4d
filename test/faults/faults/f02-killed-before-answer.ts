import { once } from 'node:events';

import { duringRun } from '../during-run';
import { SIGNS } from '../metrics-watch';

/** What carries messages; a method with an answer that the toy asks for several times a round. */
const METHODS = [
  ...['fleet.pull-messages', 'fleet.pull-object', 'fleet.confirm-message-received'],
  ...['fleet.push-messages', 'fleet.push-object', 'runtime.push-messages', 'runtime.push-object'],
  ...['runtime.pull-messages', 'runtime.pull-object', 'runtime.confirm-message-received'],
];
const KILLS = 3;

export const KILLED_BEFORE_ANSWER = duringRun({
  id: 'F2',
  name: 'a replica dies between COMMIT and answer',
  workSeconds: 3,
  shownBy: [SIGNS.newProcess],
  mostStallSeconds: 3,
  async inject(scene) {
    for (const method of scene.random.shuffled(METHODS).slice(0, KILLS)) {
      const died = scene.federation.replicas.map(async (replica) => {
        await once(replica, 'end');
        return replica;
      });
      scene.orders.give(method, 'kill', scene.random.between(1, 2));
      const victim = await scene.beforeTheEnd(Promise.race(died));
      scene.tell(method);
      await victim.start();
      await scene.federation.proxy.untilAllUp();
    }
    return [];
  },
});
