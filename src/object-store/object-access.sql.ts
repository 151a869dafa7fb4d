import { sql, type SqlText, type Statement } from '../database/sql';
import { CALLING_NODE_IN_RUN } from '../nodes/calling-node';
import { CALLING_TASK } from '../tasks/calling-task';

/** Who reaches for an object; callers' values come first, since each kind has its own number of them. */
interface Side {
  readonly name: string;
  readonly caller: SqlText;
  readonly object: SqlText;
  readonly content: SqlText;
  /** Whether the caller pushes into push session `s`, of its run. */
  readonly pushesInto: SqlText;
  /** The push sessions `s` of the caller that it may push into, for who looks for one of them. */
  readonly sessions: SqlText;
}

const NODE: Side = {
  name: 'node',
  caller: CALLING_NODE_IN_RUN,
  object: sql`$4::text`,
  content: sql`$5::bytea`,
  pushesInto: sql`s.session_id = $6::uuid and s.run_id + 0 = c.run_id`,
  sessions: sql`s.session_id = $6::uuid and s.run_id + 0 = c.run_id and s.node_id + 0 = c.node_id`,
};
const TASK: Side = {
  name: 'task',
  caller: CALLING_TASK,
  object: sql`$2::text`,
  content: sql`$3::bytea`,
  pushesInto: sql`s.session_id = $4::uuid and s.run_id + 0 = c.run_id`,
  sessions: sql`s.session_id = $4::uuid and s.run_id + 0 = c.run_id and s.node_id + 0 = 1`,
};

/**
 * Clients to 1.32 name no session: theirs are all in which their run waits for the object. Statements of their own, for
 * one with `$6 is null or …` is planned once for both, and reads all sessions of the run. So it does where the run is
 * compared as it is indexed, hence the `+ 0` above.
 */
const NODE_WITHOUT_SESSION: Side = {
  ...NODE,
  name: 'node-without-session',
  pushesInto: sql`s.run_id + 0 = c.run_id`,
  sessions: sql`s.run_id = c.run_id and s.node_id = c.node_id`,
};
const TASK_WITHOUT_SESSION: Side = {
  ...TASK,
  name: 'task-without-session',
  pushesInto: sql`s.run_id + 0 = c.run_id`,
  sessions: sql`s.run_id = c.run_id and s.node_id = 1`,
};

export interface StoreObjectRow {
  readonly known: boolean;
  readonly allowed: boolean | null;
  readonly stored: boolean;
}

/**
 * Stores the content of an object that was registered for the caller's run and counts it off the push session.
 * Two replicas with the same object: the row lock lets the first store it, the second finds it available. Sent
 * again it finds that too, and says stored. The last object of a session wakes those who wait for its messages; they
 * may have taken and confirmed them, and the object may be deleted, before it is sent again: so an object of a session
 * that has all it asked for counts as stored for as long as the session is remembered. Malformed content comes without
 * an id, and is never stored.
 */
function storeObject(side: Side, countTraffic: SqlText): Statement {
  const { caller, object, content, pushesInto, sessions } = side;
  return {
    name: `store-object-by-${side.name}`,
    text: sql`
with caller as (${caller}),
held as materialized (
  select o.object_id, o.available from caller c
  join run_object ro on ro.run_id = c.run_id and ro.object_id = ${object}
  join object o on o.object_id = ro.object_id
  where c.allowed
  for update of o),
segments as (
  insert into object_segment (object_id, position, bytes)
  select h.object_id, p, substring(${content} from p * 4194304 + 1 for 4194304)
  from held h, generate_series(0, (length(${content}) - 1) / 4194304) p
  where not h.available
  on conflict do nothing),
stored as (
  update object o set available = true, size = length(${content}) from held h
  where o.object_id = h.object_id and not h.available
  returning o.size),
asked as (
  delete from push_pending p using held h, caller c, push_session s
  where p.object_id = h.object_id and s.session_id = p.session_id and ${pushesInto}
  returning p.session_id),
progress as (
  update push_session s set pending = s.pending - 1, expires_at = now() + interval '180 seconds'
  from asked a where s.session_id = a.session_id
  returning s.pending, s.on_complete)${countTraffic},
woken as (
  select count(pg_notify('superlink', topic)) as topics
  from progress p, unnest(p.on_complete) topic where p.pending = 0)
select exists(select from caller) as known, (select allowed from caller) as allowed,
  exists(select from held) or exists(
    select from caller c join push_session s on ${sessions}
    where c.allowed and s.pending = 0 and ${object} <> '') as stored,
  (select topics from woken) as topics`,
  };
}

export interface FindObjectRow {
  readonly known: boolean;
  readonly allowed: boolean | null;
  readonly available: boolean | null;
  readonly size: bigint | null;
  /** The content if it is small. */
  readonly content: Buffer | null;
}

/** Finds an object of the caller's run; small content comes along, the rest is read by COPY. */
function findObject(side: Side, countTraffic: SqlText): Statement {
  const { caller, object } = side;
  return {
    name: `find-object-for-${side.name}`,
    text: sql`
with caller as (${caller}),
found as (
  select o.object_id, o.available, o.size from caller c
  join run_object ro on ro.run_id = c.run_id and ro.object_id = ${object}
  join object o on o.object_id = ro.object_id
  where c.allowed)${countTraffic}
select exists(select from caller) as known, (select allowed from caller) as allowed,
  f.available, f.size,
  case when f.available and f.size <= 65536
    then (select s.bytes from object_segment s where s.object_id = f.object_id and s.position = 0)
  end as content
from (select) one left join found f on true`,
  };
}

const TRAFFIC_OF_NODE = sql`,
traffic as (
  insert into run_traffic_entry (run_id, bytes_recv) select c.run_id, s.size from caller c, stored s)`;
export const STORE_OBJECT_BY_NODE = storeObject(NODE, TRAFFIC_OF_NODE);
export const STORE_OBJECT_BY_NODE_WITHOUT_SESSION = storeObject(
  NODE_WITHOUT_SESSION,
  TRAFFIC_OF_NODE,
);
export const STORE_OBJECT_BY_TASK = storeObject(TASK, sql``);
export const STORE_OBJECT_BY_TASK_WITHOUT_SESSION = storeObject(TASK_WITHOUT_SESSION, sql``);

export const FIND_OBJECT_FOR_NODE = findObject(
  NODE,
  sql`,
traffic as (
  insert into run_traffic_entry (run_id, bytes_sent) select c.run_id, f.size from caller c, found f where f.available)`,
);
export const FIND_OBJECT_FOR_TASK = findObject(TASK, sql``);
