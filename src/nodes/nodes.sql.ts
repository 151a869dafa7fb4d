import { sql, type Statement } from '../database/sql';
import { heldAtStandstill, LEASE_NOW, leaseAfterStandstill } from '../leases/lease-now';
import { CALLING_NODE, IS_OF_SIGNER, IS_REGISTERED } from './calling-node';

/**
 * Two replicas with the same key: the unique key lets one insert, the other gets the row of the first. Sent again
 * it gives the same id. No row: the key is taken by the CLI or was unregistered, or signs ($8) elsewhere and here not.
 */
export const REGISTER_NODE: Statement = {
  name: 'register-node',
  text: sql`
insert into node (node_id, public_key, owner_aid, owner_name, self_registered, heartbeat_interval, release,
  signs, location, name)
values ($1::bigint, $2::bytea, $3::text, $4::text, $5::boolean, $6::double precision, $7::text, $8::boolean,
  $9::text, $10::text)
on conflict (public_key) do update set release = coalesce(excluded.release, node.release), signs = excluded.signs
where node.unregistered_at is null and node.self_registered and excluded.self_registered
  and (excluded.signs or not node.signs)
returning node_id`,
};

/** A node that is online already keeps its activation time: the answer to the first call was lost. */
export const ACTIVATE_NODE: Statement = {
  name: 'activate-node',
  text: sql`
update node set
  last_activated_at = case when online_until > ${LEASE_NOW} then last_activated_at else now() end,
  last_deactivated_at = case when online_until <= ${LEASE_NOW}
    then greatest(last_deactivated_at, online_until) else last_deactivated_at end,
  online_until = now() + 2 * $2::double precision * interval '1 second',
  heartbeat_interval = $2::double precision,
  release = coalesce($3::text, release)
where public_key = $1::bytea and ${IS_REGISTERED} and ($4::boolean or not signs)
returning node_id`,
};

export const FIND_NODE_OF_KEY: Statement = {
  name: 'find-node-of-key',
  text: sql`select node_id from node where public_key = $1::bytea and ${IS_REGISTERED}`,
};

export const FIND_CALLING_NODE: Statement = { name: 'find-calling-node', text: CALLING_NODE };

export interface NodeChangeRow {
  readonly known: boolean;
  readonly done: boolean;
}

export const DEACTIVATE_NODE: Statement = {
  name: 'deactivate-node',
  text: sql`
with caller as (${CALLING_NODE}),
done as (
  update node set online_until = ${LEASE_NOW}, last_deactivated_at = now()
  where node_id in (select node_id from caller) and online_until > ${LEASE_NOW}
  returning 1)
select exists(select from caller) as known, exists(select from done) as done`,
};

/** Only nodes that registered themselves may take themselves off; the others belong to an account. */
export const UNREGISTER_NODE: Statement = {
  name: 'unregister-node',
  text: sql`
with caller as (${CALLING_NODE}),
done as (
  update node set unregistered_at = now(),
    online_until = case when online_until > ${LEASE_NOW} then now() else online_until end
  where node_id in (select node_id from caller) and self_registered and unregistered_at is null
  returning 1)
select exists(select from caller) as known, exists(select from done) as done`,
};

export const UNREGISTER_OWNED_NODE: Statement = {
  name: 'unregister-owned-node',
  text: sql`
update node set unregistered_at = now(),
  online_until = case when online_until > ${LEASE_NOW} then now() else online_until end
where node_id = $1::bigint and owner_aid = $2::text and ${IS_REGISTERED}
returning node_id`,
};

/** The caller check is the update itself: no row, no such node. The release comes along without a write of its own. */
export const NODE_HEARTBEAT: Statement = {
  name: 'node-heartbeat',
  urgency: 'first',
  text: sql`
update node set
  last_activated_at = case when online_until > ${LEASE_NOW} then last_activated_at else now() end,
  last_deactivated_at = case when online_until <= ${LEASE_NOW}
    then greatest(last_deactivated_at, online_until) else last_deactivated_at end,
  online_until = now() + 2 * $3::double precision * interval '1 second',
  heartbeat_interval = $3::double precision,
  release = coalesce($4::text, release)
where node_id = $1::bigint and ${IS_OF_SIGNER} and ${IS_REGISTERED}
returning node_id`,
};

/**
 * Any call of a node counts as a sign of life: its heartbeat thread may be dead while it works. Keys $1 were seen
 * $2 seconds ago. A node that said goodbye after that stays offline; one that is fresh is left alone. The ages don't
 * know how long this statement was on its way, hence the 10 s: a goodbye is itself a call that was seen.
 */
export const NODES_SEEN: Statement = {
  name: 'nodes-seen',
  urgency: 'first',
  text: sql`
with seen as (
  select node_id, now() - max(age) * interval '1 second' as at
  from unnest($1::bytea[], $2::double precision[]) as t(key, age)
  join node on node.public_key = t.key
  where unregistered_at is null and heartbeat_interval > 0
  group by node_id)
update node set
  last_activated_at = case when online_until > ${LEASE_NOW} then last_activated_at else seen.at end,
  last_deactivated_at = case when online_until <= ${LEASE_NOW}
    then greatest(last_deactivated_at, online_until) else last_deactivated_at end,
  online_until = seen.at + 2 * heartbeat_interval * interval '1 second'
from seen
where node.node_id = seen.node_id and unregistered_at is null and online_until is not null
  and (last_deactivated_at is null or last_deactivated_at < seen.at - interval '10 seconds')
  and online_until < seen.at + 1.5 * heartbeat_interval * interval '1 second'`,
};

const NODE_UNTIL = sql`online_until`;
const NODE_TERM = sql`2 * heartbeat_interval * interval '1 second'`;
export const RENEW_NODES: Statement = {
  name: 'renew-nodes',
  text: sql`
update node set online_until = ${leaseAfterStandstill(NODE_UNTIL, NODE_TERM)}
where unregistered_at is null and ${heldAtStandstill(NODE_UNTIL, NODE_TERM)}
returning 1 as renewed`,
};

export const NODE_COLUMNS = sql`
  node_id, owner_aid, owner_name, registered_at, last_activated_at, unregistered_at, public_key,
  heartbeat_interval, location, name,
  extract(epoch from online_until)::double precision as online_until,
  case
    -- who is taken off while online has never said goodbye
    when online_until <= ${LEASE_NOW} and online_until is distinct from unregistered_at
      then greatest(last_deactivated_at, online_until)
    else last_deactivated_at
  end as last_deactivated_at,
  case
    when unregistered_at is not null then 'unregistered'
    when online_until is null then 'registered'
    when online_until > ${LEASE_NOW} then 'online'
    else 'offline'
  end as status`;

export const LIST_OWNED_NODES: Statement = {
  name: 'list-owned-nodes',
  text: sql`select ${NODE_COLUMNS} from node where owner_aid = $1::text order by registered_at, node_id`,
};

export const LIST_LIVE_NODES: Statement = {
  name: 'list-live-nodes',
  text: sql`select ${NODE_COLUMNS} from node where unregistered_at is null order by registered_at, node_id`,
};

/**
 * Forgets up to $2 nodes of each kind that registered themselves and have been gone for $1 days: unregistered, silent, or
 * never seen. Their keys may come again, as any new one; those that an account registered stay, and their keys stay
 * spent. One that shows up meanwhile is looked at again under its lock.
 */
export const FORGET_NODES: Statement = {
  name: 'forget-nodes',
  text: sql`
with before as (select now() - make_interval(days => $1::int) as at),
unregistered as (
  select node_id from node where self_registered and unregistered_at < (select at from before)
  limit $2::int for update skip locked),
silent as (
  select node_id from node
  where self_registered and unregistered_at is null and online_until < (select at from before)
  limit $2::int for update skip locked),
never_seen as (
  select node_id from node
  where self_registered and unregistered_at is null and online_until is null
    and registered_at < (select at from before)
  limit $2::int for update skip locked)
delete from node where node_id in (
  select node_id from unregistered union all select node_id from silent union all select node_id from never_seen)
returning 1 as forgotten`,
};
