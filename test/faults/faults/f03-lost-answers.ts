import { duringRun } from '../during-run';
import { loseEach, untilLost } from '../lost-answers';
import { SIGNS } from '../metrics-watch';

export const LOST_ANSWERS = duringRun({
  id: 'F3',
  name: 'the answer of each RPC is swallowed once',
  workSeconds: 1,
  shownBy: [SIGNS.redeliveries],
  rounds: 3,
  mostStallSeconds: 3,
  prepare({ orders }, random) {
    loseEach(orders, random);
  },
  async inject(scene) {
    await scene.untilFinished();
    return untilLost(scene.orders);
  },
});
