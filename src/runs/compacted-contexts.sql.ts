import { sql, type Statement } from '../database/sql';
import { CALLING_TASK } from '../tasks/calling-task';

export interface CompactedContextRow {
  readonly known: boolean;
  /** Null: there is none. */
  readonly context_id: bigint | null;
  readonly series_id: bigint;
  readonly through_event_id: bigint;
  readonly text: string;
  readonly created_at: string;
  readonly token_count: bigint;
}

/** The last $2 summaries of the caller's series with ids below $3, newest first; one row with a null id if none. */
export const LIST_COMPACTED_CONTEXTS: Statement = {
  name: 'list-compacted-contexts',
  text: sql`
with caller as (${CALLING_TASK})
select c.task_id is not null as known, x.*
from (select) one
left join caller c on true
left join lateral (
  select x.context_id, x.series_id, x.through_event_id, x.text, x.created_at, x.token_count
  from run r join compacted_context x on x.series_id = r.series_id
  where r.run_id = c.run_id and x.context_id < $3::bigint
  order by x.context_id desc
  limit $2::bigint) x on true
order by x.context_id desc`,
};

export interface KeptContextRow {
  readonly known: boolean;
  readonly series_id: bigint | null;
  readonly kept: boolean;
}

/**
 * Keeps a summary of the caller's series, if $2 (0: not said) is that series: up to event $3 text $4 (not empty) with $5
 * tokens. Two at once: the unique key lets one insert, the other sees its row. Sent again with the same content it is kept already;
 * with another one it is not.
 */
export const KEEP_COMPACTED_CONTEXT: Statement = {
  name: 'keep-compacted-context',
  text: sql`
with caller as (${CALLING_TASK}),
series as (select r.series_id from run r join caller c on c.run_id = r.run_id),
kept as (
  insert into compacted_context as x (series_id, through_event_id, text, token_count)
  select series_id, $3::bigint, $4::text, $5::bigint from series 
  where $4::text <> '' and $2::bigint in (0, series_id)
  on conflict (series_id, through_event_id) do update set text = x.text
  where x.text = excluded.text and x.token_count = excluded.token_count
  returning 1)
select exists(select from caller) as known, (select series_id from series) as series_id,
  exists(select from kept) as kept`,
};
