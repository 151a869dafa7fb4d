import { waitUntil } from '../../../scripts/flower/ports.mjs';
import { duringRun } from '../during-run';
import { SIGNS } from '../metrics-watch';

const LISTENING_MILLISECONDS = 10_000;
const LISTENERS = `
select count(*)::int as count from pg_stat_activity where application_name = 'superlink listen'`;

export const VANISHED_PRIMARY = duringRun({
  id: 'F11',
  name: 'the primary falls silent, its connections stay open, and the standby is promoted',
  workSeconds: 5,
  shownBy: [SIGNS.databaseErrors],
  rounds: 2,
  mostRecoverySeconds: 5,
  async inject(scene) {
    const { database, federation } = scene;
    await scene.moment();
    database.pause();
    await database.promote();
    const areListening = async (): Promise<boolean> => {
      const [row] = await database.query<{ count: number }>(LISTENERS);
      return row!.count === federation.replicas.length;
    };
    const limits = { timeoutMs: LISTENING_MILLISECONDS };
    const late = await waitUntil('LISTEN', areListening, limits).then(
      () => [],
      () => [`not all replicas listen ${LISTENING_MILLISECONDS} ms after the promotion`],
    );
    await scene.untilRecovered();
    await database.servers.rebuildStandby();
    return late;
  },
});
