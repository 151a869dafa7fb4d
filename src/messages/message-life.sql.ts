import { sql, type Statement } from '../database/sql';

export interface RootRow {
  readonly message_id: string;
}

/** Messages whose push session $1 has expired will never be whole. */
export const DROP_UNFINISHED_MESSAGES: Statement = {
  name: 'drop-unfinished-messages',
  text: sql`
with instructions as (
  delete from instruction where session_id = any($1::uuid[]) returning message_id),
replies as (
  delete from reply where session_id = any($1::uuid[]) returning message_id)
select message_id from instructions union all select message_id from replies`,
};

/** An hour after their end nobody asks for them any more, or is told the same of unknown messages. */
export const DROP_EXPIRED_MESSAGES: Statement = {
  name: 'drop-expired-messages',
  text: sql`
with expired as (
  delete from instruction where message_id in (
    select message_id from instruction where expires_at < extract(epoch from now()) - 3600
    limit $1::int for update skip locked)
  returning run_id, message_id),
replies as (
  delete from reply r using expired e where r.run_id = e.run_id and r.reply_to = e.message_id
  returning r.message_id)
select message_id from expired union all select message_id from replies`,
};

/**
 * Runs that ended more than 2 s ago and still have messages. Locked for update: a message that a replica is just
 * storing holds the run's lock until it is in.
 */
export const FIND_ENDED_RUNS: Statement = {
  name: 'find-ended-runs',
  text: sql`
select r.run_id from run r join task t on t.task_id = r.primary_task_id
where r.cleaned_at is null and t.finished_at < now() - interval '2 seconds'
order by r.run_id limit $1::int
for update of r skip locked`,
};

export const DROP_MESSAGES_OF_RUN: Statement = {
  name: 'drop-messages-of-run',
  text: sql`
with instructions as (delete from instruction where run_id = $1::bigint),
replies as (delete from reply where run_id = $1::bigint)
update run set cleaned_at = now() where run_id = $1::bigint`,
};
