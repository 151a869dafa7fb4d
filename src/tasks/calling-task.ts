import { sql, type SqlText } from '../database/sql';
import { LEASE_NOW } from '../leases/lease-now';

/** By its token, whatever the planner knows of the table when it looks: `coalesce` hides the rest from indexes. */
const IS_CALLING = sql`
t.token_hash = $1::bytea and coalesce(t.finished_at is null and t.active_until >= ${LEASE_NOW}, false)`;

/**
 * The task that makes a call: one row if token hash $1 is that of an unfinished task whose lease still runs, else
 * none. For `with caller as (…)` at the head of a statement. `allowed` for apps, which may send messages; model and
 * connector tasks may not.
 */
export const CALLING_TASK: SqlText = sql`
select 1::bigint as node_id, t.task_id, t.run_id, t.type,
  t.type in ('flwr-serverapp', 'flwr-agentapp', 'flwr-simulation') as allowed
from task t
where ${IS_CALLING}`;

/**
 * As `CALLING_TASK`, its run and then itself locked against their end until the transaction is over. Who waits for a run
 * that is just ending looks at the task again, and finds none: without the second lock it would see it as it was.
 */
export const CALLING_TASK_KEPT: SqlText = sql`
select t.task_id, t.run_id
from run r join task t on t.run_id = r.run_id
where ${IS_CALLING}
for key share of r for share of t`;
