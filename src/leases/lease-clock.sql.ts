import { sql, type Statement } from '../database/sql';

/** No row: the clock stands. */
export const BEAT: Statement = {
  name: 'beat-lease-clock',
  text: sql`
update lease_clock set beaten_at = now() where beaten_at > now() - interval '10 seconds'
returning 1 as beaten`,
};

export interface StandstillRow {
  /** How long ago the clock was beaten before. */
  readonly seconds: number;
}

/** To be run once the leases that hold are renewed, in the same transaction. */
export const START_AGAIN: Statement = {
  name: 'start-lease-clock-again',
  text: sql`
update lease_clock set beaten_at = now()
from (select beaten_at as at from lease_clock for update) before
returning extract(epoch from now() - before.at)::double precision as seconds`,
};
