import { sql, type Statement } from '../database/sql';

export interface RowsRow {
  readonly rows: number;
}

/** Adds up to $1 entries to the sums of their runs. What nobody asks for by node is kept under the SuperLink's own, 1. */
export const ADD_TRAFFIC_UP: Statement = {
  name: 'add-traffic-up',
  text: sql`
with gone as (
  delete from run_traffic_entry where ctid = any(array(
    select ctid from run_traffic_entry order by run_id limit $1::int for update skip locked))
  returning run_id, bytes_sent, bytes_recv, clientapp_runtime),
kept as (
  insert into run_traffic (run_id, node_id, bytes_sent, bytes_recv, clientapp_runtime)
  select run_id, 1, sum(bytes_sent)::bigint, sum(bytes_recv)::bigint, sum(clientapp_runtime)
  from gone group by run_id order by run_id
  on conflict (run_id, node_id) do update set
    bytes_sent = run_traffic.bytes_sent + excluded.bytes_sent,
    bytes_recv = run_traffic.bytes_recv + excluded.bytes_recv,
    clientapp_runtime = run_traffic.clientapp_runtime + excluded.clientapp_runtime)
select count(*)::int as rows from gone`,
};
