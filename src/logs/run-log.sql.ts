import { sql, type Statement } from '../database/sql';

/**
 * One batch of a run's log after a cursor, and whether the run is over. One statement is one instant: a run that
 * is over in it has no lines that are not in it. The batch ends before it exceeds $3 bytes, but has one row at
 * least. Served by the primary key of task_log; no row at all means: no such run.
 */
export const READ_RUN_LOG: Statement = {
  name: 'read-run-log',
  text: sql`
select t.status = 'finished' as is_run_over, batch.log, batch.logged_at
from run r
join task_state t on t.task_id = r.primary_task_id
left join lateral (
  select string_agg(log, '' order by logged_at) as log, max(logged_at) as logged_at
  from (
    select log, logged_at,
      sum(octet_length(log)) over (order by logged_at) - octet_length(log) as bytes_before
    from (
      select log, logged_at
      from task_log
      where task_id = r.primary_task_id and logged_at > $2::double precision
      order by logged_at
      limit 1000) next_rows) sized
  where bytes_before + octet_length(log) <= $3::bigint or bytes_before = 0) batch on true
where r.run_id = $1::bigint`,
};

/**
 * The same for the events of a run, or of its primary task only ($4), one row each; without events one row with a null
 * id.
 */
export const READ_RUN_EVENTS: Statement = {
  name: 'read-run-events',
  text: sql`
select t.status = 'finished' as is_run_over, e.event_id, e.task_id, e.occurred_at, e.event, e.data
from run r
join task_state t on t.task_id = r.primary_task_id
left join lateral (
  select *
  from (
    select event_id, task_id, occurred_at, event, data,
      sum(octet_length(data)) over (order by event_id) - octet_length(data) as bytes_before
    from (
      select *
      from task_event
      where run_id = r.run_id and event_id > $2::bigint
        and (task_id = r.primary_task_id or not $4::boolean)
      order by event_id
      limit 200) next_rows) sized
  where bytes_before + octet_length(data) <= $3::bigint or bytes_before = 0) e on true
where r.run_id = $1::bigint
order by e.event_id`,
};
