/** Status is derived: unregistered_at, then online_until against the clock; never a column that can lie. */
export const NODES = `
-- an id as clients write it: the 64 bits without a sign
create function uint64_text(id bigint) returns text language sql immutable parallel safe as
$$ select case when id < 0 then (id::numeric + 18446744073709551616)::text else id::text end $$;

create table node (
  node_id bigint primary key,
  public_key bytea not null unique,
  owner_aid text not null,
  owner_name text not null,
  self_registered boolean not null,
  registered_at timestamptz not null default now(),
  last_activated_at timestamptz,
  last_deactivated_at timestamptz,
  unregistered_at timestamptz,
  online_until timestamptz,
  heartbeat_interval double precision not null,
  release text
) with (fillfactor = 80);
create index node_online on node (online_until) where unregistered_at is null;
create index node_owner on node (owner_aid, registered_at);
`;

/** A run has no status of its own: everything comes from its primary task. */
export const RUNS = `
create table fab (
  fab_hash text collate "C" primary key,
  content bytea not null,
  verifications jsonb not null default '{}',
  stored_at timestamptz not null default now()
);
alter table fab alter column content set storage external;

create table run_series (
  series_id bigint primary key,
  federation_id text not null,
  description text,
  is_agent boolean not null default false,
  context bytea not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index run_series_recent on run_series (federation_id, updated_at desc);

create table run (
  run_id bigint primary key,
  series_id bigint not null references run_series,
  series_position bigint generated always as identity,
  fab_id text not null,
  fab_version text not null,
  fab_hash text collate "C" not null references fab,
  override_config bytea not null,
  federation_id text not null,
  federation_config bytea,
  primary_task_id bigint not null unique,
  flwr_aid text not null,
  connector_refs text[] not null default '{}',
  created_at timestamptz not null default now(),
  cleaned_at timestamptz
);
create index run_owner on run (flwr_aid, created_at desc);
create index run_of_series on run (series_id, series_position);
create index run_uncleaned on run (run_id) where cleaned_at is null;

create table run_traffic (
  run_id bigint not null references run,
  node_id bigint not null,
  bytes_sent bigint not null default 0,
  bytes_recv bigint not null default 0,
  clientapp_runtime double precision not null default 0,
  primary key (run_id, node_id)
) with (fillfactor = 70);
`;

/** token_hash outlives the end of the task, so that a repeated PushTaskOutput is recognised. */
export const TASKS = `
create table task (
  task_id bigint primary key,
  type text not null,
  run_id bigint not null references run deferrable initially deferred,
  fab_hash text collate "C",
  model_ref text,
  connector_ref text,
  token_hash bytea unique,
  active_until timestamptz,
  pending_at timestamptz not null default now(),
  starting_at timestamptz,
  running_at timestamptz,
  finished_at timestamptz,
  sub_status text not null default '',
  details text not null default '',
  last_log_at double precision not null default 0,
  last_log_digest bytea,
  last_log_origin text,
  release text
) with (fillfactor = 70);
create index task_unfinished on task (pending_at, task_id) where finished_at is null;
create index task_leased on task (active_until) where finished_at is null and active_until is not null;
create index task_of_run on task (run_id);

-- the task as it is now: a lease that ran out counts at once, before any sweep has written it down
create view task_state as
select task_id, type, run_id, fab_hash, model_ref, connector_ref, token_hash, active_until, pending_at,
  case when lapsed and running_at is null then null else starting_at end as starting_at,
  running_at,
  case when lapsed and running_at is not null then active_until else finished_at end as finished_at,
  case when lapsed and running_at is not null then 'failed' else sub_status end as sub_status,
  case when lapsed and running_at is not null then 'No heartbeat came from the task.' else details end
    as details,
  case
    when finished_at is not null or (lapsed and running_at is not null) then 'finished'
    when running_at is not null then 'running'
    when starting_at is not null and not lapsed then 'starting'
    else 'pending'
  end as status
from (select *, finished_at is null and coalesce(active_until < now(), false) as lapsed from task) t;
`;

export const TASK_RECORDS = `
create table task_log (
  task_id bigint not null references task,
  logged_at double precision not null,
  log text not null,
  primary key (task_id, logged_at)
);

create table task_event (
  event_id bigint generated always as identity primary key,
  run_id bigint not null references run,
  task_id bigint not null references task,
  occurred_at timestamptz not null default clock_timestamp(),
  event text not null,
  data text not null
);
create index task_event_of_run on task_event (run_id, event_id);

create table task_usage (
  usage_id bigint generated always as identity primary key,
  run_id bigint not null references run,
  task_id bigint not null references task,
  usage bytea not null,
  created_at timestamptz not null default now()
);
create index task_usage_of_run on task_usage (run_id);

create table task_message (
  message_id text collate "C" primary key,
  position bigint generated always as identity,
  run_id bigint not null references run,
  src_task_id bigint not null,
  dst_task_id bigint not null,
  expires_at double precision not null,
  message bytea not null,
  handed_out_at timestamptz,
  handed_out_to text[] not null default '{}'
);
create index task_message_waiting on task_message (dst_task_id, position);
`;
