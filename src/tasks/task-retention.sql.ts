import { sql, type Statement } from '../database/sql';

export interface RunIdRow {
  readonly run_id: bigint;
}

/** Up to $2 runs that were cleaned up after their end more than $1 days ago and still have their records. */
export const FIND_RUNS_WITH_OLD_RECORDS: Statement = {
  name: 'find-runs-with-old-records',
  text: sql`
select run_id from run
where records_dropped_at is null and cleaned_at < now() - make_interval(days => $1::int)
order by cleaned_at limit $2::int
for update skip locked`,
};

/** As the next two: up to $2 rows of the locked runs $1, to which no more come; fewer: none is left. */
export const DROP_OLD_LOGS: Statement = {
  name: 'drop-old-logs',
  text: sql`
with dropped as (
  delete from task_log where ctid = any(array(
    select l.ctid from task t join task_log l on l.task_id = t.task_id
    where t.run_id = any($1::bigint[]) limit $2::int))
  returning 1)
select count(*)::int as rows from dropped`,
};

/** What an agent said stays: it is what the next run of its series remembers. */
export const DROP_OLD_EVENTS: Statement = {
  name: 'drop-old-events',
  text: sql`
with dropped as (
  delete from task_event where event_id in (
    select e.event_id from task_event e join task t on t.task_id = e.task_id
    where e.run_id = any($1::bigint[]) and t.type <> 'flwr-agentapp' limit $2::int)
  returning 1)
select count(*)::int as rows from dropped`,
};

export const DROP_OLD_USAGE: Statement = {
  name: 'drop-old-usage',
  text: sql`
with dropped as (
  delete from task_usage where usage_id in (
    select usage_id from task_usage where run_id = any($1::bigint[]) limit $2::int)
  returning 1)
select count(*)::int as rows from dropped`,
};

export const MARK_RECORDS_DROPPED: Statement = {
  name: 'mark-records-dropped',
  text: sql`update run set records_dropped_at = now() where run_id = any($1::bigint[])`,
};

/** A day after its end nobody repeats a task's last call. $1: how many tasks at most. */
export const FORGET_TOKENS: Statement = {
  name: 'forget-tokens',
  text: sql`
update task set token_hash = null, last_log_digest = null, last_log_origin = null
where task_id in (
  select task_id from task
  where token_hash is not null and finished_at < now() - interval '1 day'
  order by finished_at limit $1::int for update skip locked)
returning 1 as forgotten`,
};
