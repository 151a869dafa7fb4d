import { sql, type Statement } from '../database/sql';
import { CALLING_TASK } from '../tasks/calling-task';

export interface SeriesEventRow {
  /** Null: there is no event. */
  readonly event_id: bigint | null;
  readonly run_id: bigint;
  readonly task_id: bigint;
  readonly occurred_at: string;
  readonly event: string;
  readonly data: string;
}

export interface SeriesEventOfTaskRow extends SeriesEventRow {
  readonly known: boolean;
}

/**
 * Events of the primary tasks of all runs in the caller's series, oldest first: of the types $2 (none: of any), with ids
 * between $3 and $4, the last $5 of them (null: all). One row with a null id if there is none.
 */
export const LIST_SERIES_EVENTS_FOR_TASK: Statement = {
  name: 'list-series-events-for-task',
  text: sql`
with caller as (${CALLING_TASK})
select c.task_id is not null as known, e.*
from (select) one
left join caller c on true
left join lateral (
  select e.event_id, e.run_id, e.task_id, e.occurred_at, e.event, e.data
  from run own
  join run r on r.series_id = own.series_id
  join task_event e on e.run_id = r.run_id and e.task_id = r.primary_task_id
  where own.run_id = c.run_id and e.event_id > $3::bigint and e.event_id < $4::bigint
    and (cardinality($2::text[]) = 0 or e.event = any($2::text[]))
  order by case when $5::bigint is null then e.event_id end, e.event_id desc
  limit $5::bigint) e on true
order by e.event_id`,
};

/** Events of the primary tasks of all runs of series $1, oldest first. */
export const LIST_SERIES_EVENTS: Statement = {
  name: 'list-series-events',
  text: sql`
select e.event_id, e.run_id, e.task_id, e.occurred_at, e.event, e.data
from run r join task_event e on e.run_id = r.run_id and e.task_id = r.primary_task_id
where r.series_id = $1::bigint
order by e.event_id`,
};
