import { sql, type SqlText } from '../database/sql';

/** The key $2 that signed is the node's; or nobody signed (null) and the node has never signed, by which it would be safe. */
export const IS_OF_SIGNER: SqlText = sql`(public_key = $2::bytea or ($2::bytea is null and not signs))`;

/** Of a node that is found by its id or key, whatever the planner knows: `coalesce` hides this from the index node_online. */
export const IS_REGISTERED: SqlText = sql`coalesce(unregistered_at is null, false)`;

/**
 * The node that makes a Fleet call: one row if id $1 belongs to signer $2 and was not unregistered, else none.
 * For `with caller as (…)` at the head of a statement, so that check and effect are one.
 */
export const CALLING_NODE: SqlText = sql`
select node_id from node where node_id = $1::bigint and ${IS_OF_SIGNER} and ${IS_REGISTERED}`;

/** As `CALLING_NODE`, with the run $3 that the call is about; `allowed` while that run is running. */
export const CALLING_NODE_IN_RUN: SqlText = sql`
select n.node_id, $3::bigint as run_id, exists(
  select from run r join task_state t on t.task_id = r.primary_task_id
  where r.run_id = $3::bigint and t.status = 'running') as allowed
from node n
where n.node_id = $1::bigint and ${IS_OF_SIGNER} and ${IS_REGISTERED}`;
