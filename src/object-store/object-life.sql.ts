import { sql, type Statement } from '../database/sql';
import { heldAtStandstill, LEASE_NOW, leaseAfterStandstill } from '../leases/lease-now';

export interface RegisteredRow {
  readonly object_id: string;
  readonly available: boolean;
  readonly children: string[];
}

/**
 * Registers objects $1 with their children $2 (comma-joined), links them to run $4 and opens session $3 of pusher $5
 * for those that are missing; $6 are the topics to wake when the last one is there. Known objects are locked too,
 * until the transaction ends: so the collector cannot take one that a new parent is about to need. Locks are taken in
 * id order, hence two replicas that register the same objects wait for each other but never in a circle.
 */
export const REGISTER_OBJECTS: Statement = {
  name: 'register-objects',
  text: sql`
with registered as (
  insert into object (object_id, children)
  select t.object_id, string_to_array(t.children, ',')
  from unnest($1::text[], $2::text[]) as t(object_id, children)
  order by t.object_id collate "C"
  on conflict (object_id) do update set children = object.children
  returning object_id, children, available, xmax = 0 as is_new),
edges as (
  insert into object_child (parent_id, position, child_id)
  select r.object_id, c.position, c.child_id
  from registered r, unnest(r.children) with ordinality as c(child_id, position)
  where r.is_new),
links as (
  insert into run_object (run_id, object_id) select $4::bigint, object_id from registered
  on conflict do nothing),
session as (
  insert into push_session (session_id, run_id, node_id, pending, on_complete, expires_at)
  select $3::uuid, $4::bigint, $5::bigint, count(*), $6::text[], now() + interval '180 seconds'
  from registered where not available
  having count(*) > 0),
pending as (
  insert into push_pending (session_id, object_id)
  select $3::uuid, object_id from registered where not available)
select object_id, available, children from registered`,
};

export interface AwaitedRow {
  readonly session_id: string;
  readonly object_id: string;
}

/**
 * Brings what the new session $2 waits for, and those to wake, into one of the older sessions $1 that still waits. Gives all
 * that this one waits for then; no row: none of them waits. Other older sessions stay, for somebody may be pushing into
 * them. The objects and messages are locked by now: whoever drops an expired session locks in the other order, and one of
 * the two is run again.
 */
export const JOIN_SESSION: Statement = {
  name: 'join-session',
  text: sql`
with target as (
  select session_id from push_session where session_id = any($1::uuid[]) and pending > 0
  order by session_id limit 1 for update),
opened as (
  delete from push_session s using target where s.session_id = $2::uuid
  returning s.on_complete),
moved as (
  insert into push_pending (session_id, object_id)
  select t.session_id, p.object_id from target t, push_pending p where p.session_id = $2::uuid
  on conflict do nothing
  returning session_id, object_id),
kept as (
  update push_session s set pending = s.pending + (select count(*) from moved),
    on_complete = array(
      select unnest(s.on_complete) union select unnest(on_complete) from opened),
    expires_at = now() + interval '180 seconds'
  from target t where s.session_id = t.session_id)
select p.session_id, p.object_id from target t join push_pending p on p.session_id = t.session_id
union select session_id, object_id from moved`,
};

/**
 * Stores objects that the server made itself: $1 ids, $2 contents, $4 comma-joined ids of their children, in run $3. One
 * that is known already, from another run or from a push that is not done, is locked as in a registration, and is
 * available from now on.
 */
export const STORE_OWN_OBJECTS: Statement = {
  name: 'store-own-objects',
  text: sql`
with made as (
  select t.object_id, decode(t.content, 'hex') as content, string_to_array(t.children, ',') as children
  from unnest($1::text[], $2::text[], $4::text[]) as t(object_id, content, children)),
stored as (
  insert into object (object_id, children, available, size)
  select object_id, children, true, length(content) from made order by object_id collate "C"
  on conflict (object_id) do update set available = true, size = excluded.size
  returning object_id),
edges as (
  insert into object_child (parent_id, position, child_id)
  select m.object_id, c.position, c.child_id
  from made m join stored using (object_id), unnest(m.children) with ordinality as c(child_id, position)
  on conflict do nothing),
segments as (
  insert into object_segment (object_id, position, bytes)
  select m.object_id, 0, m.content from made m join stored using (object_id)
  on conflict do nothing)
insert into run_object (run_id, object_id) select $3::bigint, object_id from stored
on conflict do nothing`,
};

/** In id order: two that queue the same objects wait for each other but never in a circle. */
export const QUEUE_GARBAGE: Statement = {
  name: 'queue-garbage',
  text: sql`
insert into object_garbage (object_id)
select object_id from unnest($1::text[]) as t(object_id) order by object_id collate "C"
on conflict do nothing`,
};

export interface TakenGarbageRow {
  readonly object_ids: string[];
  readonly has_more: boolean;
  /** What is queued from now on comes after this, unless its transaction takes longer than a second. */
  readonly next_since: string;
}

/**
 * The oldest that were queued since $3, at most $1 objects, and no more after those that have $2 bytes together: large ones
 * take their time. What was taken before stays in the way for as long as somebody's snapshot may show it.
 */
export const TAKE_GARBAGE: Statement = {
  name: 'take-garbage',
  text: sql`
with oldest as materialized (
  select g.object_id, g.queued_at,
    coalesce((select o.size from object o where o.object_id = g.object_id), 0) as size
  from object_garbage g where g.queued_at >= $3::timestamptz
  order by g.queued_at, g.object_id limit $1::int for update of g skip locked),
counted as (
  select object_id, sum(size) over (order by queued_at, object_id) - size as bytes_before from oldest),
taken as (
  delete from object_garbage where object_id = any(array(
    select object_id from counted where bytes_before < $2::bigint))
  returning object_id)
select array(select object_id from taken) as object_ids,
  (select count(*) from oldest) >= least($1::int, (select count(*) from taken) + 1) as has_more,
  (now() - interval '1 second')::text as next_since`,
};

export const LOCK_OBJECTS: Statement = {
  name: 'lock-objects',
  text: sql`
select object_id from object where object_id = any($1::text[]) order by object_id for update`,
};

/**
 * Deletes those of the locked objects $1 that no parent and no live message needs; their children are looked at
 * next. A registration that came first holds the row lock, so what it needs is visible here.
 */
export const DELETE_UNNEEDED_OBJECTS: Statement = {
  name: 'delete-unneeded-objects',
  text: sql`
with dead as (
  delete from object o where o.object_id = any($1::text[])
    and not exists (select from object_child c where c.child_id = o.object_id)
    and not exists (
      select from instruction i where i.message_id = o.object_id and i.confirmed_at is null)
    and not exists (select from reply r where r.message_id = o.object_id)
  returning o.children)
insert into object_garbage (object_id)
select distinct child_id collate "C" as child_id from dead, unnest(children) child_id order by child_id
on conflict do nothing`,
};

export interface SessionRow {
  readonly session_id: string;
  readonly pending: number;
}

export const FIND_EXPIRED_SESSIONS: Statement = {
  name: 'find-expired-sessions',
  text: sql`
select session_id, pending from push_session where expires_at <= ${LEASE_NOW}
order by expires_at limit $1::int for update skip locked`,
};

const SESSION_UNTIL = sql`expires_at`;
const SESSION_TERM = sql`interval '180 seconds'`;
export const RENEW_SESSIONS: Statement = {
  name: 'renew-sessions',
  text: sql`
update push_session
set expires_at = ${leaseAfterStandstill(SESSION_UNTIL, SESSION_TERM)}
where ${heldAtStandstill(SESSION_UNTIL, SESSION_TERM)}
returning 1 as renewed`,
};

/** Of sessions that the transaction has locked, or whose run is. */
export const DROP_PENDING: Statement = {
  name: 'drop-pending',
  text: sql`
with dropped as (
  delete from push_pending where ctid = any(array(
    select ctid from push_pending where session_id = any($1::uuid[]) limit $2::int))
  returning 1)
select count(*)::int as rows from dropped`,
};

export const DROP_SESSIONS: Statement = {
  name: 'drop-sessions',
  text: sql`
with dropped as (delete from push_session where session_id = any($1::uuid[]) returning 1)
select count(*)::int as rows from dropped`,
};

export const FIND_SESSIONS_OF_RUNS: Statement = {
  name: 'find-sessions-of-runs',
  text: sql`
select session_id, pending from push_session where run_id = any($1::bigint[]) limit $2::int for update`,
};

/**
 * Frees ended runs $1 of up to $2 of their objects; those that hang on no message of another run become garbage. The
 * lock lets fewer than $2 mean that none is left: for one that vanishes meanwhile another one is taken.
 */
export const RELEASE_LINKS: Statement = {
  name: 'release-links',
  text: sql`
with links as (
  delete from run_object where ctid = any(array(
    select ctid from run_object where run_id = any($1::bigint[]) limit $2::int for update))
  returning object_id),
garbage as (
  insert into object_garbage (object_id) select distinct object_id from links order by object_id
  on conflict do nothing)
select count(*)::int as rows from links`,
};
