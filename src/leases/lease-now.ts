import { sql, type SqlText } from '../database/sql';

/**
 * The time that leases are judged by: now, but never more than 10 s after the clock was last beaten. While PostgreSQL or
 * every replica is away nobody can prolong a lease; so none runs out, and who calls first afterwards is still alive.
 */
export const LEASE_NOW: SqlText = sql`
(select least(now(), beaten_at + interval '10 seconds') from lease_clock)`;
