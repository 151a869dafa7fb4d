import { sql, type SqlText } from '../database/sql';

/**
 * The time that leases are judged by: now, but never more than 10 s after the clock was last beaten. While PostgreSQL or
 * every replica is away nobody can prolong a lease; so none runs out, and who calls first afterwards is still alive.
 */
export const LEASE_NOW: SqlText = sql`
(select least(now(), beaten_at + interval '10 seconds') from lease_clock where is_only)`;

/**
 * The clock stands, and this lease could be prolonged for the last time before: it was good until then and, with a full
 * `term`, no longer. One that is good for longer was prolonged since.
 */
export function heldAtStandstill(until: SqlText, term: SqlText): SqlText {
  return sql`${until} > ${LEASE_NOW} and ${until} <= ${LEASE_NOW} + ${term}`;
}

/**
 * Until when such a lease holds: what it had left begins now. After more than 20 s it has its full `term` again, for
 * clients that were refused so long have come to ask seldom. So no lease of the dead lives on by many short standstills.
 */
export function leaseAfterStandstill(until: SqlText, term: SqlText): SqlText {
  return sql`
now() + case when ${LEASE_NOW} < now() - interval '20 seconds' then ${term} else ${until} - ${LEASE_NOW} end`;
}
