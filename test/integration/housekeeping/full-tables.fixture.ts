const ROWS = 100_000;

/** `id(i)` is an object's, `id(i)::uuid` a session's. Nearly all of it is of no concern to housekeeping. */
export const FILL = `
set session_replication_role = replica; -- nothing refers to what it should
create function id(i bigint) returns text language sql immutable as $$ select lpad(to_hex(i), 32, '0') $$;
create table n as select i from generate_series(1, ${ROWS}) i;
insert into fab (fab_hash, content) values ('f', '');
insert into run (run_id, series_id, fab_id, fab_version, fab_hash, override_config, federation_id,
    primary_task_id, flwr_aid, cleaned_at, records_dropped_at)
  select i, i, '', '', 'f', '', '', i, '', case when i % 1000 > 0 then now() - i * interval '1 minute' end,
    case when i > 5000 then now() end from n;
insert into task (task_id, type, run_id, token_hash, starting_at, running_at, active_until, finished_at)
  select i, 'flwr-serverapp', i, case when i % 100 = 0 then id(i)::bytea end, now(), now(),
    case when i % 1000 = 500 then now() - interval '1 second' end,
    case when i % 1000 <> 500 then now() - i * interval '1 minute' end from n;
insert into task_log select i, i, '' from n;
insert into task_event (run_id, task_id, event, data) select i, i, '', '' from n;
insert into task_usage (run_id, task_id, usage) select i, i, '' from n;
insert into node (node_id, public_key, owner_aid, owner_name, self_registered, heartbeat_interval, registered_at,
    online_until, unregistered_at)
  select i, id(i)::bytea, '', '', true, 30, now(), case when i % 3 > 0 then now() - (i - 9000) * interval '1 minute' end,
    case when i % 7 = 0 then now() - i * interval '1 minute' end from n;
insert into instruction (message_id, run_id, dst_node_id, created_at, expires_at, group_id, message_type, message,
    object_tree, answer_bytes, session_id)
  select id(i), i / 10, i, 0, extract(epoch from now()) + i - 9000, '', '', '', '', 1, id(i / 10)::uuid from n;
insert into reply (message_id, reply_to, run_id, src_node_id, created_at, expires_at, message, object_tree, session_id)
  select 'r' || i, id(i), i / 10, i, 0, 0, '', '', id(i / 10)::uuid from n;
insert into object (object_id, children, available, size) select id(i), '{}', true, 10 from n;
insert into object_child select id(i), 0, id(i * 7) from n;
insert into object_segment select id(i), 0, '' from n;
insert into run_object select i / 10, id(i) from n;
insert into object_garbage select id(i), now() - i * interval '1 second' from n;
insert into push_session select id(i)::uuid, i, 1, 1, '{}', now() + (i - 9000) * interval '1 second' from n;
insert into push_pending select id(i / 10)::uuid, id(i) from n;
insert into run_traffic (run_id, node_id) select i / 10, i from n;
insert into run_traffic_entry (run_id) select i / 10 from n;
insert into task_message (message_id, run_id, src_task_id, dst_task_id, expires_at, message)
  select id(i), i, 1, case when i % 100 = 0 then i else i % 100 * 1000 + 500 end,
    extract(epoch from now()) + i - 9000, '' from n;
insert into nonce (namespace, nonce, expires_at) select 'n', id(i), now() + (i - 9000) * interval '1 second' from n;
insert into automation (federation_id, flwr_aid, series_id, status, start_run_request, next_run_at)
  select '', '', i, case when i % 1000 = 0 then 'active' else 'completed' end, '',
    now() + (i - 9000) * interval '1 second' from n;
analyze;
reset session_replication_role;
`;
