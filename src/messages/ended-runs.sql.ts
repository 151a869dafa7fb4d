import { sql, type Statement } from '../database/sql';

export interface RunIdRow {
  readonly run_id: bigint;
}

/**
 * Up to $1 runs that ended more than 2 s ago and were not cleaned up. Locked for update: a message that a replica is
 * just storing holds the run's lock until it is in, and none is stored from now on.
 */
export const FIND_ENDED_RUNS: Statement = {
  name: 'find-ended-runs',
  text: sql`
select r.run_id from run r join task t on t.task_id = r.primary_task_id
where r.cleaned_at is null and t.finished_at < now() - interval '2 seconds'
order by r.run_id limit $1::int
for update of r skip locked`,
};

/**
 * Up to $2 instructions and $2 replies of the locked runs $1; fewer: none is left. `run_id + 0` is what the index is of, so
 * that nobody takes it who looks for one message of a run.
 */
export const DROP_MESSAGES_OF_RUNS: Statement = {
  name: 'drop-messages-of-runs',
  text: sql`
with instructions as (
  delete from instruction where message_id in (
    select message_id from instruction where run_id + 0 = any($1::bigint[]) limit $2::int for update)
  returning 1),
replies as (
  delete from reply where message_id in (
    select message_id from reply where run_id = any($1::bigint[]) limit $2::int for update)
  returning 1)
select (select count(*) from instructions)::int + (select count(*) from replies)::int as rows`,
};

export const MARK_CLEANED: Statement = {
  name: 'mark-cleaned',
  text: sql`update run set cleaned_at = now() where run_id = any($1::bigint[])`,
};
