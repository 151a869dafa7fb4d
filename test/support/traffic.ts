/** The traffic of run $1, to be selected from: one row of sums that count what housekeeping did not add up yet. */
export const TRAFFIC_OF_RUN = `(
  select sum(bytes_sent)::int as bytes_sent, sum(bytes_recv)::int as bytes_recv,
    sum(clientapp_runtime) as clientapp_runtime
  from (
    select bytes_sent, bytes_recv, clientapp_runtime from run_traffic where run_id = $1
    union all
    select bytes_sent, bytes_recv, clientapp_runtime from run_traffic_entry where run_id = $1) entries) traffic`;
