import { sql, type Statement } from '../database/sql';
import type { RowsRow } from '../housekeeping/rows';

/**
 * What was entered before has been added up: nobody looks through what a snapshot still holds of it. What a transaction has
 * entered has a minute to be committed. A clock that was set back, by a standby that took over, must hide nothing.
 */
const ADDED_UP_UNTIL = sql`
(select least(entered_until, now() - interval '1 minute') from run_traffic_added_up where is_only)`;

/** True of the entries that are left. */
export const MAY_BE_LEFT = sql`entered_at >= ${ADDED_UP_UNTIL}`;

/** Adds the rows of `gone` to the sums of their runs, under the SuperLink's own id, 1: only a run's sums are ever shown. */
const ADDED = sql`
added as (
  insert into run_traffic (run_id, node_id, bytes_sent, bytes_recv, clientapp_runtime)
  select run_id, 1, sum(bytes_sent)::bigint, sum(bytes_recv)::bigint, sum(clientapp_runtime)
  from gone group by run_id order by run_id
  on conflict (run_id, node_id) do update set
    bytes_sent = run_traffic.bytes_sent + excluded.bytes_sent,
    bytes_recv = run_traffic.bytes_recv + excluded.bytes_recv,
    clientapp_runtime = run_traffic.clientapp_runtime + excluded.clientapp_runtime)`;

export interface StepRow extends RowsRow {
  /** How many there were to be added up, at most as many as were asked for. */
  readonly seen: number;
}

/**
 * Adds up the oldest $1 entries. Runs first, as everybody locks them; those that somebody has locked wait for the next
 * step, or the one after. Two replicas at once: an entry is deleted, and added, once. The mark moves by a minute at least:
 * its old versions cost all who read it.
 */
export const ADD_TRAFFIC_UP: Statement = {
  name: 'add-traffic-up',
  text: sql`
with oldest as (
  select ctid as place, run_id, entered_at from run_traffic_entry where ${MAY_BE_LEFT}
  order by entered_at limit $1::int),
locked as (
  select run_id from run where run_id in (select run_id from oldest)
  order by run_id for key share skip locked),
gone as (
  delete from run_traffic_entry where ctid = any(array(
    select place from oldest where run_id in (select run_id from locked)))
  returning run_id, entered_at, bytes_sent, bytes_recv, clientapp_runtime),
${ADDED},
mark as (
  select least(
    (select max(entered_at) - interval '1 minute' from gone),
    (select min(entered_at) from oldest where run_id not in (select run_id from locked))) as at),
moved as (
  update run_traffic_added_up set entered_until = mark.at from mark
  where exists(select from gone)
    and (entered_until < mark.at - interval '1 minute' or entered_until > mark.at))
select (select count(*) from gone)::int as rows, (select count(*) from oldest)::int as seen`,
};

/**
 * Adds up to $2 entries of the locked runs $1 up, those too that were committed later than the mark allows for, and what as
 * many nodes have to their names: an earlier release counted by node.
 */
export const ADD_TRAFFIC_OF_RUNS_UP: Statement = {
  name: 'add-traffic-of-runs-up',
  text: sql`
with entries as (
  delete from run_traffic_entry where ctid = any(array(
    select ctid from run_traffic_entry
    where run_id = any($1::bigint[]) and entered_at >= ${ADDED_UP_UNTIL} - interval '10 minutes'
    limit $2::int))
  returning run_id, bytes_sent, bytes_recv, clientapp_runtime),
by_node as (
  delete from run_traffic where (run_id, node_id) in (
    select run_id, node_id from run_traffic where run_id = any($1::bigint[]) and node_id <> 1
    limit $2::int for update)
  returning run_id, bytes_sent, bytes_recv, clientapp_runtime),
gone as (select * from entries union all select * from by_node),
${ADDED}
select greatest((select count(*) from entries), (select count(*) from by_node))::int as rows`,
};
