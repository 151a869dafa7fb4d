import { sql, type Statement } from '../database/sql';

export interface BeatRow {
  readonly is_going: boolean;
}

/** All replicas beat it, and one of them writes: the row is read by nearly every call, and old versions cost each of them. */
export const BEAT: Statement = {
  name: 'beat-lease-clock',
  urgency: 'first',
  text: sql`
with clock as (select beaten_at from lease_clock),
beat as (
  update lease_clock set beaten_at = now()
  where beaten_at = 'infinity'
    or beaten_at between now() - interval '10 seconds' and now() - interval '1500 milliseconds')
select beaten_at > now() - interval '10 seconds' as is_going from clock`,
};

export interface StandstillRow {
  /** Since the clock was beaten. */
  readonly seconds: number;
}

/** No row: it goes. Else it stands until the transaction is over. */
export const LOCK_STANDING_CLOCK: Statement = {
  name: 'lock-standing-lease-clock',
  text: sql`
select extract(epoch from now() - beaten_at)::double precision as seconds from lease_clock
where beaten_at <= now() - interval '10 seconds' for update`,
};

export const START_AGAIN: Statement = {
  name: 'start-lease-clock-again',
  text: sql`update lease_clock set beaten_at = clock_timestamp()`,
};
