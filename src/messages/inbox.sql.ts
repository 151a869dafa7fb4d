import { sql, type SqlText, type Statement } from '../database/sql';
import { CALLING_TASK } from '../tasks/calling-task';

/** Instructions `i` to the SuperLink's own node that its run's task has not confirmed: an agent's prompt, say. */
const UNCONFIRMED = sql`
i.run_id = c.run_id and i.dst_node_id = 1 and i.confirmed_at is null and i.answered_by is null
  and coalesce(i.expires_at > extract(epoch from now()), false) and i.hand_outs < 100
  and coalesce((select s.pending from push_session s where s.session_id = i.session_id), 0) = 0`;
const IS_LEASED = sql`i.handed_out_at > now() - interval '2 seconds'`;

export type InboxState = 'empty' | 'leased' | 'full';

/**
 * Of caller `c`: `full` if there is something to hand out, `leased` if all of it was handed out in the last 2 s, and may
 * not have arrived.
 */
export const INBOX_STATE: SqlText = sql`
(select case
    when count(*) = 0 then 'empty'
    when bool_and(coalesce(${IS_LEASED}, false)) then 'leased'
    else 'full' end
  from instruction i where ${UNCONFIRMED})`;

export interface InboxRow {
  readonly message: Buffer;
  readonly object_tree: Buffer;
  readonly is_again: boolean;
}

/**
 * Hands out all of it, oldest first. Two calls at once: SKIP LOCKED and the re-check of handed_out_at give each message
 * to one. Sent again after 2 s it yields the same, until that is confirmed.
 */
export const CLAIM_INBOX: Statement = {
  name: 'claim-inbox',
  text: sql`
with caller as materialized (${CALLING_TASK}),
free as (
  select i.message_id from instruction i join caller c on i.run_id = c.run_id
  where c.allowed and ${UNCONFIRMED} and ${IS_LEASED} is not true
  order by i.message_id
  for update of i skip locked),
handed as (
  update instruction i set handed_out_at = clock_timestamp(), hand_outs = i.hand_outs + 1
  from free where i.message_id = free.message_id
  returning i.created_at, i.message_id, i.message, i.object_tree, i.hand_outs > 1 as is_again)
select message, object_tree, is_again from handed order by created_at, message_id`,
};
