import { sql, type SqlText } from '../database/sql';

/**
 * The task that makes a call: one row if token hash $1 is that of an unfinished task whose lease still runs, else
 * none. For `with caller as (…)` at the head of a statement. `allowed` for apps, which may send messages; model and
 * connector tasks may not.
 */
export const CALLING_TASK: SqlText = sql`
select 1::bigint as node_id, t.task_id, t.run_id, t.type,
  t.type in ('flwr-serverapp', 'flwr-agentapp', 'flwr-simulation') as allowed
from task t
where t.token_hash = $1::bytea and t.finished_at is null and t.active_until >= now()`;
