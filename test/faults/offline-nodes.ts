import type { BenchDatabase } from './bench-database';

const OFFLINE = `
select count(*)::int as count from node
where unregistered_at is null and online_until between now() - interval '5 minutes' and now()`;

/** What is wrong if one of the nodes is held for offline; those that ended long ago are not meant. */
export async function offlineNodes(database: BenchDatabase): Promise<string[]> {
  const [row] = await database.query<{ count: number }>(OFFLINE);
  return row!.count === 0 ? [] : [`${row!.count} nodes are held for offline`];
}
