import { sql, type Statement } from '../database/sql';
import { heldAtStandstill, LEASE_NOW, leaseAfterStandstill } from '../leases/lease-now';

export interface PendingTaskRow {
  readonly task_id: bigint;
  readonly type: string;
  readonly run_id: bigint;
  readonly pending_at: string;
  readonly fab_hash: string | null;
  readonly model_ref: string | null;
  readonly connector_ref: string | null;
}

/** A task that was just claimed. */
export interface ClaimedTaskRow extends PendingTaskRow, LapsedClaimRow {}

export interface LapsedClaimRow {
  /** True: somebody claimed it before, and never started it. */
  readonly is_again: boolean;
}

/** A task whose claim has lapsed is pending again, and first in line: it keeps its old pending_at. */
const IS_PENDING = sql`
finished_at is null and running_at is null and (starting_at is null or active_until < ${LEASE_NOW})`;

export const LIST_PENDING_TASKS: Statement = {
  name: 'list-pending-tasks',
  urgency: 'last',
  text: sql`
select task_id, type, run_id, pending_at, fab_hash, model_ref, connector_ref
from task where ${IS_PENDING} order by pending_at, task_id`,
};

/** Claims task $1 for the token with hash $2 and a SuperExec of release $3. Many at once: the row lock gives it to one, the others see it taken. */
export const CLAIM_TASK: Statement = {
  name: 'claim-task',
  text: sql`
update task set token_hash = $2::bytea, starting_at = now(), active_until = now() + interval '30 seconds',
  release = $3::text
from (
  select task_id as id, starting_at is not null as is_again from task where task_id = $1::bigint) before
where task_id = before.id and ${IS_PENDING}
returning before.is_again`,
};

/**
 * Claims the oldest pending task whose type is in $2 or whose FAB in $3, for the token with hash $1, asked for by a
 * SuperExec of release $4. Many at once, on any replica: each passes over the tasks that others are just claiming, so no
 * task goes to two and nobody waits. Sent again it claims the next one; the first is pending again after 30 s.
 */
export const ACQUIRE_TASK: Statement = {
  name: 'acquire-task',
  urgency: 'last',
  text: sql`
with oldest as (
  select task_id, starting_at is not null as is_again from task
  where ${IS_PENDING} and (type = any($2::text[]) or fab_hash = any($3::text[]))
  order by pending_at, task_id limit 1
  for update skip locked)
update task t set token_hash = $1::bytea, starting_at = now(), active_until = now() + interval '30 seconds',
  release = $4::text
from oldest where t.task_id = oldest.task_id
returning t.task_id, t.type, t.run_id, t.pending_at, t.fab_hash, t.model_ref, t.connector_ref,
  oldest.is_again`,
};

/** Of a task that is found by its token or id, whatever the planner knows: `coalesce` hides this from indexes. */
const IS_ALIVE = sql`coalesce(finished_at is null and active_until >= ${LEASE_NOW}, false)`;

export const TASK_HEARTBEAT: Statement = {
  name: 'task-heartbeat',
  urgency: 'first',
  text: sql`
update task set active_until = now() + interval '60 seconds'
where token_hash = $1::bytea and ${IS_ALIVE}
returning task_id`,
};

/** Any call of a task counts as a sign of life: the holders of hashes $1 called $2 seconds ago. */
export const TASKS_SEEN: Statement = {
  name: 'tasks-seen',
  urgency: 'first',
  text: sql`
update task set active_until = now() + (60 - seen.age) * interval '1 second'
from unnest($1::bytea[], $2::double precision[]) as seen(hash, age)
where token_hash = seen.hash and ${IS_ALIVE} and running_at is not null
  and active_until < now() + (45 - seen.age) * interval '1 second'`,
};

/**
 * Starts the task of token hash $1, or finds it running: whose first answer was lost gets the same input again. From
 * now on the release is the one of the process that runs it ($2).
 */
export const START_TASK: Statement = {
  name: 'start-task',
  text: sql`
update task set running_at = coalesce(running_at, now()), active_until = now() + interval '60 seconds',
  release = coalesce($2::text, release)
where token_hash = $1::bytea and ${IS_ALIVE}
returning task_id, run_id`,
};

/** Claims are prolonged, too. */
const TASK_UNTIL = sql`active_until`;
const TASK_TERM = sql`
case when running_at is null then interval '30 seconds' else interval '60 seconds' end`;
export const RENEW_TASKS: Statement = {
  name: 'renew-tasks',
  text: sql`
update task set active_until = ${leaseAfterStandstill(TASK_UNTIL, TASK_TERM)}
where finished_at is null and ${heldAtStandstill(TASK_UNTIL, TASK_TERM)}
returning 1 as renewed`,
};

export interface FinishingTaskRow {
  readonly task_id: bigint;
  readonly run_id: bigint;
  readonly is_finished: boolean;
  readonly is_alive: boolean;
  readonly sub_status: string;
  readonly details: string;
}

/** The task of token hash $1, its run locked first: run before tasks, everywhere, or replicas deadlock. */
export const LOCK_RUN_OF_TOKEN: Statement = {
  name: 'lock-run-of-token',
  text: sql`
select t.task_id, t.run_id from run r join task t on t.run_id = r.run_id
where t.token_hash = $1::bytea for update of r`,
};

export const READ_FINISHING_TASK: Statement = {
  name: 'read-finishing-task',
  text: sql`
select task_id, run_id, finished_at is not null as is_finished,
  ${IS_ALIVE} as is_alive, sub_status, details
from task where task_id = $1::bigint and token_hash = $2::bytea`,
};

/**
 * Ends task $1, whose run is locked: sub-status $2, details $3. The end of the primary task ends all tasks of its run
 * and keeps context $4 (null: none) for the series; $5 seconds of run time are added. `completed` needs a started task.
 */
export const FINISH_TASK: Statement = {
  name: 'finish-task',
  text: sql`
with ended as (
  update task set finished_at = now(), active_until = null, sub_status = $2::text, details = $3::text
  where task_id = $1::bigint and ${IS_ALIVE} and ($2::text <> 'completed' or running_at is not null)
  returning task_id, run_id, finished_at),
ended_run as (
  select r.run_id, r.series_id, e.finished_at from run r join ended e on r.primary_task_id = e.task_id),
others as (
  update task t set finished_at = e.finished_at, active_until = null,
    sub_status = case $2::text when 'stopped' then 'stopped' else 'failed' end,
    details = 'The run has ended.'
  from ended_run e where t.run_id = e.run_id and t.task_id <> $1::bigint and t.finished_at is null),
kept as (
  update run_series s set context = $4::bytea, updated_at = now() from ended_run e
  where s.series_id = e.series_id and $4::bytea is not null),
counted as (
  insert into run_traffic_entry (run_id, clientapp_runtime)
  select run_id, $5::double precision from ended where $5::double precision > 0)
select run_id from ended_run`,
};

export const LOCK_RUN: Statement = {
  name: 'lock-run',
  text: sql`select run_id from run where run_id = $1::bigint for update`,
};

/** Stops all tasks of the locked run $1, unless its primary task has ended. */
export const STOP_RUN: Statement = {
  name: 'stop-run',
  text: sql`
update task t set finished_at = now(), active_until = null, sub_status = 'stopped', details = $2::text
from run r join task_state p on p.task_id = r.primary_task_id
where r.run_id = $1::bigint and p.status <> 'finished' and t.run_id = r.run_id and t.finished_at is null
returning t.task_id`,
};

/** Tells everybody who waits for run $1 that it has ended. */
export const ANNOUNCE_END: Statement = {
  name: 'announce-end',
  text: sql`
select pg_notify('superlink', topic || ':' || uint64_text($1::bigint))
from unnest(array['log', 'events', 'replies']) topic`,
};

export interface LapsedTaskRow {
  readonly run_id: bigint;
  /** True: it was the primary task, and its run ended with it. */
  readonly ends_run: boolean;
}

export const FIND_LAPSED_RUNS: Statement = {
  name: 'find-lapsed-runs',
  text: sql`
select distinct run_id from task
where finished_at is null and running_at is not null and active_until < ${LEASE_NOW}
limit $1::int`,
};

export const LOCK_FREE_RUNS: Statement = {
  name: 'lock-free-runs',
  text: sql`
select run_id from run where run_id = any($1::bigint[]) order by run_id for update skip locked`,
};

/** Writes down what a lapsed lease means: the task failed when the lease ended, and with a primary task its run. */
export const END_LAPSED_TASKS: Statement = {
  name: 'end-lapsed-tasks',
  text: sql`
with lapsed as (
  update task set finished_at = active_until, active_until = null, sub_status = 'failed',
    details = 'No heartbeat came from the task.'
  where run_id = any($1::bigint[]) and finished_at is null and running_at is not null
    and active_until < ${LEASE_NOW}
  returning task_id, run_id, finished_at),
ended_run as (
  select r.run_id, l.finished_at from run r join lapsed l on r.primary_task_id = l.task_id),
others as (
  update task t set finished_at = e.finished_at, active_until = null, sub_status = 'failed',
    details = 'The run has ended.'
  from ended_run e
  where t.run_id = e.run_id and t.finished_at is null
    and t.task_id not in (select task_id from lapsed))
select l.run_id, r.run_id is not null as ends_run
from lapsed l left join run r on r.primary_task_id = l.task_id`,
};
