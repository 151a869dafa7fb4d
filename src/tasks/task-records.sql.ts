import { MOST_ANSWER_BYTES } from '../database/answer-bytes';
import { sql, type Statement } from '../database/sql';
import { LEASE_NOW } from '../leases/lease-now';
import { CALLING_TASK, CALLING_TASK_KEPT } from './calling-task';

export interface CallingTaskRow {
  readonly task_id: bigint;
  readonly run_id: bigint;
  readonly type: string;
  readonly allowed: boolean;
}

export const FIND_CALLING_TASK: Statement = {
  name: 'find-calling-task',
  text: sql`${CALLING_TASK}`,
};

export interface LoggedRow {
  readonly known: boolean;
}

export interface AppendedLogRow extends LoggedRow {
  readonly overtaken: boolean;
}

/**
 * Appends $2 to the log of the task, at least 2 µs after its last entry, for readers go on from the last time they
 * saw. The task's row lock orders writers. The last lines may come just after the end. A batch equal to the one
 * before ($3 its digest) whose answer may not have arrived is that batch sent again, unless $4: it is known to be new.
 * One that a replica had ($5, seconds since the epoch) before another one was kept, and that comes only now, was sent
 * again by then: stock programs send one batch after the other, 0.2 s apart. That it is late, too, is asked for the
 * case that a standby with another clock took over. The release before tells batches apart by their connections, too:
 * it finds none.
 */
export const APPEND_LOG: Statement = {
  name: 'append-log',
  text: sql`
with caller as (
  select task_id from task where token_hash = $1::bytea and (
    coalesce(finished_at is null and active_until >= ${LEASE_NOW}, false)
    or (finished_at > now() - interval '10 seconds' and sub_status <> 'stopped'))),
judged as materialized (
  select t.task_id,
    not $4::boolean and t.last_log_digest is not distinct from $3::bytea as repeated,
    $5::double precision < t.last_log_at
      and $5::double precision < extract(epoch from clock_timestamp()) - 0.2 as overtaken
  from task t join caller c on c.task_id = t.task_id
  for no key update of t),
stamped as (
  update task t set
    last_log_at = greatest(
      extract(epoch from clock_timestamp())::double precision, last_log_at + 0.000002),
    last_log_digest = $3::bytea, last_log_origin = null
  from judged j
  where t.task_id = j.task_id and not j.repeated and j.overtaken is not true
  returning t.task_id, t.run_id, t.last_log_at),
kept as (
  insert into task_log (task_id, logged_at, log) select task_id, last_log_at, $2::text from stamped)
select exists(select from caller) as known,
  exists(select from judged where overtaken and not repeated) as overtaken,
  (select count(pg_notify('superlink', 'log:' || uint64_text(run_id))) from stamped) as woken`,
};

/**
 * The answers to the batches with digests $2 of the tasks with token hashes $1 have arrived: the next batch is a new one,
 * even if it is equal. In the order of ids, so that two replicas never wait for each other; later batches stay in doubt.
 */
export const CONFIRM_LOGS: Statement = {
  name: 'confirm-logs',
  text: sql`
with arrived as (
  select t.task_id
  from unnest($1::bytea[], $2::bytea[]) as a(token_hash, digest)
  join task t on t.token_hash = a.token_hash and t.last_log_digest = a.digest
  order by t.task_id
  for no key update of t)
update task t set last_log_digest = null from arrived a where t.task_id = a.task_id`,
};

/**
 * Appends events $2 with data $3. The lock lets events of one run become visible in the order of their ids, for
 * readers go on from the last id they saw.
 */
export const APPEND_EVENTS: Statement = {
  name: 'append-events',
  text: sql`
with caller as (${CALLING_TASK}),
turn as materialized (
  select pg_advisory_xact_lock(hashtextextended('superlink events', run_id)) from caller),
kept as (
  insert into task_event (run_id, task_id, event, data)
  select c.run_id, c.task_id, e.event, e.data
  from turn cross join caller c
  cross join unnest($2::text[], $3::text[]) with ordinality as e(event, data, position)
  order by e.position
  returning run_id)
select exists(select from caller) as known,
  (select count(pg_notify('superlink', 'events:' || uint64_text(run_id)))
    from (select distinct run_id from kept) k) as woken`,
};

export const RECORD_USAGE: Statement = {
  name: 'record-usage',
  text: sql`
with caller as (${CALLING_TASK}),
kept as (
  insert into task_usage (run_id, task_id, usage) select run_id, task_id, $2::bytea from caller)
select exists(select from caller) as known`,
};

export interface CreatedTaskRow {
  readonly task_id: bigint;
}

/** Creates task $2 in the caller's run, whose end waits until it is in. No row: the caller has ended. */
export const CREATE_TASK: Statement = {
  name: 'create-task',
  text: sql`
with caller as (${CALLING_TASK_KEPT})
insert into task (task_id, type, run_id, fab_hash, model_ref, connector_ref)
select $2::bigint, $3::text, c.run_id, $4::text, $5::text, $6::text from caller c
returning task_id, pg_notify('superlink', 'tasks')`,
};

export interface TaskMessageTargetRow {
  readonly task_id: bigint;
  readonly run_id: bigint;
  readonly now: number;
  readonly can_receive: boolean;
}

export const FIND_TASK_MESSAGE_TARGET: Statement = {
  name: 'find-task-message-target',
  text: sql`
with caller as (${CALLING_TASK})
select c.task_id, c.run_id, extract(epoch from now())::double precision as now,
  exists(
    select from task_state t
    where t.task_id = $2::bigint and t.run_id = c.run_id and t.status <> 'finished') as can_receive
from caller c`,
};

/** Sent again it finds the message there. Who follows the run's events is woken: an agent waits for its model there. */
export const STORE_TASK_MESSAGE: Statement = {
  name: 'store-task-message',
  text: sql`
insert into task_message (message_id, run_id, src_task_id, dst_task_id, expires_at, message)
values ($1::text, $2::bigint, $3::bigint, $4::bigint, $5::double precision, $6::bytea)
on conflict (message_id) do nothing
returning pg_notify('superlink', 'events:' || uint64_text(run_id)) as woken`,
};

export interface TaskMessageRow {
  readonly message: Buffer;
}

/**
 * What the same connection ($2) was handed before has arrived, or it would have broken: that goes. Handed to other
 * connections it may not have arrived: that stays, and is handed out again when its 2 s are over. A task whose calls
 * alternate between replicas has a connection to each, and comes back to the first within that time.
 */
export const ACKNOWLEDGE_TASK_MESSAGES: Statement = {
  name: 'acknowledge-task-messages',
  text: sql`
with caller as (${CALLING_TASK}),
gone as (
  delete from task_message m using caller c
  where m.dst_task_id = c.task_id
    and ($2::text = any(m.handed_out_to) or m.expires_at <= extract(epoch from now())))
select exists(select from caller) as known`,
};

/**
 * The task's messages in the order of their coming: at most $3 (null: all), only those of task $4 (null: of any), none
 * that was handed out in the last 2 s. Once they have 32 MiB together the rest is left to the next call.
 */
export const HAND_OUT_TASK_MESSAGES: Statement = {
  name: 'hand-out-task-messages',
  text: sql`
with caller as (${CALLING_TASK}),
next as (
  select m.message_id, m.position, octet_length(m.message) as bytes
  from task_message m join caller c on m.dst_task_id = c.task_id
  where ($4::bigint is null or m.src_task_id = $4::bigint)
    and (m.handed_out_at is null or m.handed_out_at <= now() - interval '2 seconds')
  order by m.position limit $3::bigint
  for update of m),
counted as (
  select message_id, sum(bytes) over (order by position) - bytes as bytes_before from next),
handed as (
  update task_message m set handed_out_at = clock_timestamp(), handed_out_to = m.handed_out_to || $2::text
  from counted c
  where m.message_id = c.message_id and c.bytes_before < ${MOST_ANSWER_BYTES}
  returning m.position, m.message)
select message from handed order by position`,
};

/**
 * Up to $1 messages to tasks that have ended, and up to $1 that have expired. Receivers are found one after the other, each by
 * the index: they are few, while messages to those that are alive may be many, and tasks that ended are. Whatever another
 * replica has in hand is passed by.
 */
export const DROP_DEAD_TASK_MESSAGES: Statement = {
  name: 'drop-dead-task-messages',
  text: sql`
with recursive receiver as (
  select min(dst_task_id) as task_id from task_message
  union all
  select (select min(m.dst_task_id) from task_message m where m.dst_task_id > r.task_id)
  from receiver r where r.task_id is not null),
unread as (
  select m.message_id
  from receiver r join task t on t.task_id = r.task_id join task_message m on m.dst_task_id = r.task_id
  where t.finished_at is not null
  limit $1::int for update of m skip locked),
expired as (
  select message_id from task_message where expires_at <= extract(epoch from now())
  order by expires_at limit $1::int for update skip locked)
delete from task_message where message_id = any(array(
  select message_id from unread union all select message_id from expired))
returning 1 as dropped`,
};
