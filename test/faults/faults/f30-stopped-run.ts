import { addressesOf, waitUntil } from '../../../scripts/flower/ports.mjs';
import { duringRun } from '../during-run';
import { serverAppsOf } from '../run-programs';

const GONE_MILLISECONDS = 10_000;

export const STOPPED_RUN = duringRun({
  id: 'F30',
  name: '`flwr stop` at a replica that does not serve the ServerApp',
  workSeconds: 3,
  shownBy: [{ name: 'run_ends_total', labels: { outcome: 'stopped' } }],
  rounds: 2,
  ends: 'finished:stopped',
  async inject(scene) {
    const serving = await scene.moment();
    const { clients, replicas, proxy } = scene.federation;
    const other = scene.random.pick(replicas.filter((replica) => replica !== serving));
    if (serverAppsOf(scene.federation).length === 0) return ['no ServerApp was found'];
    clients.pointCli(addressesOf(other.ports));
    try {
      await clients.json(['stop', scene.runId]);
    } finally {
      clients.pointCli(proxy.addresses);
    }
    const areGone = (): boolean => serverAppsOf(scene.federation).length === 0;
    const limits = { timeoutMs: GONE_MILLISECONDS };
    return waitUntil('the end of the ServerApp', areGone, limits).then(
      () => [],
      () => [`the ServerApp runs on after ${GONE_MILLISECONDS} ms`],
    );
  },
});
