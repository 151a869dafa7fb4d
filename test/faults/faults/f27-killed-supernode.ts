import { duringRun } from '../during-run';

const VICTIM = 'supernode-1';

export const KILLED_SUPERNODE = duringRun({
  id: 'F27',
  name: 'a SuperNode gets SIGKILL while it pushes a reply',
  workSeconds: 1,
  shownBy: [{ name: 'nodes', labels: { status: 'lost' }, above: 0 }],
  rounds: 2,
  ends: 'finished:failed',
  victims: [VICTIM],
  async inject(scene) {
    const { nodes } = scene.federation.clients;
    const victim = nodes.find(({ name }) => name === VICTIM)!;
    const count = scene.random.between(1, 6);
    await scene.beforeTheEnd(scene.watch.nth('Fleet/PushObject', count));
    victim.kill('SIGKILL');
    scene.tell(`Fleet/PushObject ${count}`);
    await scene.untilFinished();
    return [];
  },
});
