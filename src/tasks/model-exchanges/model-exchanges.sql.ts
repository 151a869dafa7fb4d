import { sql, type Statement } from '../../database/sql';
import { CALLING_TASK_KEPT } from '../calling-task';

/**
 * Creates model task $2 for model $3 in the run of the calling agent, and gives it message $4 (its bytes $6), which is
 * good until $5. One statement: a model task without a request would wait for ever.
 */
export const BEGIN_EXCHANGE: Statement = {
  name: 'begin-exchange',
  text: sql`
with caller as (${CALLING_TASK_KEPT}),
created as (
  insert into task (task_id, type, run_id, model_ref)
  select $2::bigint, 'flwr-model', run_id, $3::text from caller),
sent as (
  insert into task_message (message_id, run_id, src_task_id, dst_task_id, expires_at, message)
  select $4::text, run_id, task_id, $2::bigint, $5::double precision, $6::bytea from caller
  returning run_id)
select run_id, pg_notify('superlink', 'tasks') as woken from sent`,
};

export interface ExchangeRow {
  readonly status: string;
  readonly details: string;
  /** The model's answer, if it is there. */
  readonly reply: Buffer | null;
}

/** How far model task $2 has got, and its answer to task $1. Nothing is taken: a look can be repeated. */
export const LOOK_AT_EXCHANGE: Statement = {
  name: 'look-at-exchange',
  text: sql`
select t.status, t.details, (
  select m.message from task_message m
  where m.dst_task_id = $1::bigint and m.src_task_id = $2::bigint
  order by m.position limit 1) as reply
from task_state t where t.task_id = $2::bigint`,
};

export interface ModelEventRow {
  readonly event_id: bigint;
  readonly event: string;
  readonly data: string;
}

/** The next $4 events of task $2 of run $1 after event $3. */
export const LIST_MODEL_EVENTS: Statement = {
  name: 'list-model-events',
  text: sql`
select event_id, event, data from task_event
where run_id = $1::bigint and task_id = $2::bigint and event_id > $3::bigint
order by event_id limit $4::int`,
};

/**
 * Ends the exchange of task $1 with model task $2: its answer goes, and a model that has not answered stops for reason
 * $3; one that has ends by itself in a moment.
 */
export const END_EXCHANGE: Statement = {
  name: 'end-exchange',
  text: sql`
with taken as (
  delete from task_message where dst_task_id = $1::bigint and src_task_id = $2::bigint
  returning message_id)
update task set finished_at = now(), active_until = null, sub_status = 'stopped', details = $3::text
where task_id = $2::bigint and finished_at is null and not exists (select from taken)
returning task_id`,
};
