import type { BenchDatabase } from './bench-database';

const OFFLINE = `
select count(*)::int as count from node
where unregistered_at is null and online_until between now() - interval '5 minutes' and now()`;

/** Stock nodes call every 30 s: in so many seconds each of them has to be heard once. */
export const SHORT_LEASE_SECONDS = 35;
const SHORTEN_LEASES = `
update node set online_until = now() + $1 * interval '1 second' where online_until > now()`;

/** Has each node offline in `SHORT_LEASE_SECONDS` unless its next heartbeat counts. */
export async function shortenLeases(database: BenchDatabase): Promise<void> {
  await database.query(SHORTEN_LEASES, [SHORT_LEASE_SECONDS]);
}

/** What is wrong if one of the nodes is held for offline; those that ended long ago are not meant. */
export async function offlineNodes(database: BenchDatabase): Promise<string[]> {
  const [row] = await database.query<{ count: number }>(OFFLINE);
  return row!.count === 0 ? [] : [`${row!.count} nodes are held for offline`];
}
