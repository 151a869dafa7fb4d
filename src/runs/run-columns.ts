import { sql } from '../database/sql';
import { MAY_BE_LEFT } from './run-traffic.sql';

/** Columns of a `RunRow`, for statements that select from `RUN_TABLES`. */
export const RUN_COLUMNS = sql`
  r.run_id, r.series_id, r.fab_id, r.fab_version, r.fab_hash, r.override_config, r.federation_id,
  r.flwr_aid, r.primary_task_id, t.type as primary_task_type, t.pending_at, t.starting_at, t.running_at,
  t.finished_at, t.status, t.sub_status, t.details,
  traffic.bytes_sent, traffic.bytes_recv, traffic.clientapp_runtime`;

/** Runs with their primary task as it is now and the sums of their traffic. */
export const RUN_TABLES = sql`
run r
join task_state t on t.task_id = r.primary_task_id
cross join lateral (
  select coalesce(sum(u.bytes_sent), 0)::bigint as bytes_sent,
    coalesce(sum(u.bytes_recv), 0)::bigint as bytes_recv,
    coalesce(sum(u.clientapp_runtime), 0) as clientapp_runtime
  from (
    select bytes_sent, bytes_recv, clientapp_runtime from run_traffic where run_id = r.run_id
    union all
    select bytes_sent, bytes_recv, clientapp_runtime from run_traffic_entry
    where run_id = r.run_id and ${MAY_BE_LEFT}) u) traffic`;
