import { duringRun } from '../during-run';
import { serverAppsOf } from '../run-programs';

/** The lease of a task that no heartbeat renews. */
const LEASE_MILLISECONDS = 60_000;
const SWEEP_MILLISECONDS = 10_000;

export const KILLED_SERVERAPP = duringRun({
  id: 'F28',
  name: 'the process of the ServerApp gets SIGKILL',
  workSeconds: 1,
  shownBy: [{ name: 'run_ends_total', labels: { outcome: 'failed' } }],
  rounds: 2,
  ends: 'finished:failed',
  async inject(scene) {
    await scene.moment();
    const processes = serverAppsOf(scene.federation);
    if (processes.length === 0) return ['no ServerApp was found'];
    for (const id of processes) process.kill(Number(id), 'SIGKILL');
    const began = performance.now();
    await scene.untilFinished();
    const milliseconds = performance.now() - began;
    const isLate = milliseconds > LEASE_MILLISECONDS + SWEEP_MILLISECONDS;
    return isLate ? [`the run failed after ${milliseconds} ms only`] : [];
  },
});
