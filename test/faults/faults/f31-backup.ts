import type { PostgresInstance } from '../../support/postgres-instance';
import type { BenchDatabase } from '../bench-database';
import { duringRun } from '../during-run';
import { History } from '../history';

const NOW = 'select now()::text as now';
const LEDGER = 'select count(*)::int as entries from ledger';
/** Each task that had ended by then with its log. */
const ENDED = `
select task_id::text, sub_status, md5(coalesce(string_agg(log, '' order by logged_at), '')) as log
from task left join task_log using (task_id)
where finished_at < $1::timestamptz group by task_id order by task_id`;

type Queries = Pick<BenchDatabase, 'query'>;

async function whatDiffers(
  original: Queries,
  restored: PostgresInstance,
  began: string,
  least: number,
): Promise<string[]> {
  const ofOriginal = await original.query(ENDED, [began]);
  const ofRestored = await restored.query(ENDED, [began]);
  const isSame = JSON.stringify(ofRestored) === JSON.stringify(ofOriginal);
  const [ledger] = await restored.query<{ entries: number }>(LEDGER);
  const brokenObjects = await History.of(restored).brokenObjects();
  return [
    ...(isSame ? [] : ['tasks that had ended, or their logs, are others in the backup']),
    ...(ledger!.entries >= least ? [] : ['what was committed before the backup is not in it']),
    ...brokenObjects.map((broken) => `backup: object ${broken}`),
  ];
}

export const BACKUP = duringRun({
  id: 'F31',
  name: 'a base backup is taken during a run and restored beside it',
  workSeconds: 2,
  rounds: 2,
  isSeamless: true,
  async inject(scene) {
    const { database } = scene;
    await scene.moment();
    const [began] = await database.query<{ now: string }>(NOW);
    const [ledger] = await database.query<{ entries: number }>(LEDGER);
    const restored = await database.servers.restoreBackup();
    try {
      return await whatDiffers(database, restored, began!.now, ledger!.entries);
    } finally {
      await restored.kill();
    }
  },
});
