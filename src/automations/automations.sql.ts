import { sql, type Statement } from '../database/sql';

export const ADD_AUTOMATION: Statement = {
  name: 'add-automation',
  text: sql`
insert into automation (federation_id, flwr_aid, series_id, start_run_request, next_run_at,
  fixed_interval_seconds, remaining_runs)
values ($1::text, $2::text, $3::bigint, $4::bytea, coalesce($5::timestamptz, now()), $6::bigint,
  $7::bigint)
returning automation_id, next_run_at`,
};

/**
 * One automation whose time has come, held to the end of the transaction that starts its run. They take turns: one that
 * has years to make up for keeps no other one waiting.
 */
export const CLAIM_DUE_AUTOMATION: Statement = {
  name: 'claim-due-automation',
  text: sql`
select automation_id, flwr_aid, start_run_request
from automation
where status = 'active' and next_run_at <= now() and coalesce(remaining_runs, 1) > 0
order by updated_at, automation_id
limit 1
for update skip locked`,
};

/**
 * Counts one occurrence. The next one is due an interval after this one was (missed times are made up for), at
 * most in the year 9999, which is the last that clients can read.
 */
export const FINISH_OCCURRENCE: Statement = {
  name: 'finish-occurrence',
  text: sql`
update automation
set updated_at = now(),
  remaining_runs = remaining_runs - 1,
  next_run_at = case
    when remaining_runs = 1 or fixed_interval_seconds is null then next_run_at
    else least(next_run_at + make_interval(secs => least(fixed_interval_seconds, 315360000000)),
      '9999-12-31 23:59:59+00'::timestamptz)
  end,
  status = case
    when not $2::boolean then 'failed'
    when remaining_runs = 1 then 'completed'
    else status
  end
where automation_id = $1::bigint`,
};

export const BEGIN_DISPATCH: Statement = {
  name: 'begin-dispatch',
  text: sql`savepoint dispatch`,
};

export const UNDO_DISPATCH: Statement = {
  name: 'undo-dispatch',
  text: sql`rollback to savepoint dispatch`,
};
