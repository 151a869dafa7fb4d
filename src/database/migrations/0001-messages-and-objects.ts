/** Content lives apart from the row that is locked; segments are never compressed, weights do not shrink. */
export const OBJECTS = `
create table object (
  object_id text collate "C" primary key,
  children text[] not null,
  available boolean not null default false,
  size bigint not null default 0
) with (fillfactor = 80);

create table object_child (
  parent_id text collate "C" not null references object on delete cascade,
  position int not null,
  child_id text collate "C" not null,
  primary key (parent_id, position)
);
create index object_child_parents on object_child (child_id);

create table object_segment (
  object_id text collate "C" not null references object on delete cascade,
  position int not null,
  bytes bytea not null,
  primary key (object_id, position)
);
alter table object_segment alter column bytes set storage external;

create table run_object (
  run_id bigint not null,
  object_id text collate "C" not null references object on delete cascade,
  primary key (run_id, object_id)
);
create index run_object_object on run_object (object_id);

create table object_garbage (
  object_id text collate "C" primary key,
  queued_at timestamptz not null default now()
);

create table push_session (
  session_id uuid primary key,
  run_id bigint not null,
  node_id bigint not null,
  pending int not null,
  on_complete text[] not null,
  expires_at timestamptz not null
) with (fillfactor = 70);
create index push_session_expiry on push_session (expires_at);
create index push_session_of_run on push_session (run_id, node_id);

create table push_pending (
  session_id uuid not null references push_session on delete cascade,
  object_id text collate "C" not null,
  primary key (session_id, object_id)
);
`;

/** Times that clients sent stay in their own form: seconds since the epoch as doubles. */
export const MESSAGES = `
create table instruction (
  message_id text collate "C" primary key,
  run_id bigint not null references run,
  dst_node_id bigint not null,
  created_at double precision not null,
  expires_at double precision not null,
  group_id text not null,
  message_type text not null,
  message bytea not null,
  object_tree bytea not null,
  answer_bytes int not null,
  session_id uuid,
  handed_out_at timestamptz,
  hand_outs int not null default 0,
  confirmed_at timestamptz,
  answered_by text
) with (fillfactor = 70);
create index instruction_deliverable on instruction (dst_node_id, created_at, message_id)
  where confirmed_at is null and answered_by is null;
create index instruction_of_run on instruction (run_id);
create index instruction_of_session on instruction (session_id);
create index instruction_expiry on instruction (expires_at);

create table reply (
  message_id text collate "C" primary key,
  reply_to text collate "C" not null,
  run_id bigint not null references run,
  src_node_id bigint not null,
  created_at double precision not null,
  expires_at double precision not null,
  message bytea not null,
  object_tree bytea not null,
  session_id uuid,
  handed_out_at timestamptz,
  unique (run_id, reply_to)
) with (fillfactor = 70);
create index reply_of_session on reply (session_id);
`;

export const AUTOMATIONS = `
create table automation (
  automation_id bigint generated always as identity primary key,
  federation_id text not null,
  flwr_aid text not null,
  series_id bigint not null,
  status text not null default 'active',
  start_run_request bytea not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  next_run_at timestamptz not null,
  fixed_interval_seconds bigint,
  remaining_runs bigint,
  stopped_at timestamptz
);
create index automation_due on automation (next_run_at) where status = 'active';
create index automation_owner on automation (flwr_aid, automation_id);
`;

export const NONCES = `
create table nonce (
  namespace text not null,
  nonce text not null,
  expires_at timestamptz not null,
  primary key (namespace, nonce)
);
create index nonce_expiry on nonce (expires_at);
`;
