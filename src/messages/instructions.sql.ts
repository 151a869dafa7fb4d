import { sql, type Statement } from '../database/sql';
import { CALLING_NODE, CALLING_NODE_IN_RUN, IS_REGISTERED } from '../nodes/calling-node';
import { CALLING_TASK } from '../tasks/calling-task';

/**
 * Instructions `i` that may be handed to their node now: whole, alive, of a running run, not confirmed, not answered,
 * and not handed out in the last 2 s, so that calls running side by side get it once. A message that was handed out a
 * hundred times without a confirmation is poison and stays. `coalesce` hides the time from the index instruction_expiry,
 * which is of all runs.
 */
const DELIVERABLE = sql`
i.confirmed_at is null and i.answered_by is null
  and coalesce(i.expires_at > extract(epoch from now()), false)
  and (i.handed_out_at is null or i.handed_out_at <= now() - interval '2 seconds')
  and i.hand_outs < 100
  and coalesce((select s.pending from push_session s where s.session_id = i.session_id), 0) = 0
  and exists (
    select from run r join task_state t on t.task_id = r.primary_task_id
    where r.run_id = i.run_id and t.status = 'running')`;

export interface ClaimedInstructionRow {
  readonly known: boolean;
  readonly message: Buffer | null;
  readonly object_tree: Buffer | null;
  /** How often it was handed out by now. */
  readonly hand_outs: number | null;
}

/**
 * Hands out one instruction: the oldest that was never handed out, else the one whose hand-out is longest ago. Two
 * replicas at once: SKIP LOCKED and the re-check of handed_out_at give it to one. Sent again within 2 s it yields the
 * next or nothing, later the same again, for it is not confirmed. $3 is the size of the request.
 */
export const CLAIM_INSTRUCTION: Statement = {
  name: 'claim-instruction',
  urgency: 'last',
  text: sql`
with caller as (${CALLING_NODE}),
next as (
  select i.message_id from instruction i
  where i.dst_node_id = $1::bigint and exists(select from caller) and ${DELIVERABLE}
  order by i.handed_out_at nulls first, i.created_at, i.message_id
  limit 1
  for update of i skip locked),
handed as (
  update instruction i set handed_out_at = clock_timestamp(), hand_outs = i.hand_outs + 1
  from next where i.message_id = next.message_id
  returning i.run_id, i.message, i.object_tree, i.answer_bytes, i.hand_outs),
traffic as (
  insert into run_traffic_entry (run_id, bytes_sent, bytes_recv) select run_id, answer_bytes, $3::bigint from handed)
select exists(select from caller) as known, h.message, h.object_tree, h.hand_outs
from (select) one left join handed h on true`,
};

/** Which of the nodes $1 have something to pull: one statement for all held polls of a replica. */
export const FIND_NODES_TO_WAKE: Statement = {
  name: 'find-nodes-to-wake',
  text: sql`
select distinct i.dst_node_id as node_id from instruction i
where i.dst_node_id = any($1::bigint[]) and ${DELIVERABLE}`,
};

export interface CallerRow {
  readonly known: boolean;
  readonly allowed: boolean | null;
}

/** The node has all objects of instruction $4: it is never handed out again, its objects may go. Repeatable. */
export const CONFIRM_INSTRUCTION: Statement = {
  name: 'confirm-instruction',
  urgency: 'first',
  text: sql`
with caller as (${CALLING_NODE_IN_RUN}),
confirmed as (
  update instruction i set confirmed_at = now() from caller c
  where c.allowed and i.message_id = $4::text and i.run_id = c.run_id
    and i.dst_node_id = c.node_id and i.confirmed_at is null
  returning i.message_id),
garbage as (
  insert into object_garbage (object_id) select message_id from confirmed on conflict do nothing)
select exists(select from caller) as known, (select allowed from caller) as allowed`,
};

export interface SenderRow extends CallerRow {
  readonly run_id: bigint | null;
  readonly now: number;
  readonly live_nodes: string[] | null;
  readonly taken: string[] | null;
}

/**
 * Who sends, which of the nodes $2 can be sent to (online, or offline since they were online, or the SuperLink's own), and
 * which of the messages $3 their nodes have all of: their objects may be gone by now, and nobody needs them again.
 * Locks the run against its end until the messages are in.
 */
export const FIND_SENDER: Statement = {
  name: 'find-sender',
  text: sql`
with caller as (${CALLING_TASK}),
locked as (
  select r.run_id from run r join caller c on c.run_id = r.run_id where c.allowed for key share of r)
select exists(select from caller) as known, (select allowed from caller) as allowed,
  (select run_id from locked) as run_id,
  extract(epoch from now())::double precision as now,
  array(
    select n.node_id::text from node n
    where n.node_id = any($2::bigint[]) and ${IS_REGISTERED} and n.online_until is not null
    union all select '1' where 1 = any($2::bigint[])
  ) as live_nodes,
  array(
    select i.message_id from instruction i join locked l on l.run_id = i.run_id
    where i.message_id = any($3::text[]) and (i.confirmed_at is not null or i.answered_by is not null)
  ) as taken`,
};

/** The objects of what was stored in push session $1 are pushed in session $2 from now on. */
export const MOVE_INSTRUCTIONS: Statement = {
  name: 'move-instructions',
  text: sql`
update instruction set session_id = $2::uuid where session_id = $1::uuid`,
};

export interface StoredInstructionRow {
  readonly message_id: string;
  readonly is_new: boolean;
  /** Its push session, which may be over; null if the server made it. */
  readonly session_id: string | null;
}

/**
 * Stores instructions of run $1 in push session $2. One that is known already stays as it is, in the session that its
 * objects are being pushed in; one of another run is left out. Wakes the topics $3, which are empty while objects are
 * missing.
 */
export const STORE_INSTRUCTIONS: Statement = {
  name: 'store-instructions',
  text: sql`
with stored as (
  insert into instruction (message_id, run_id, dst_node_id, created_at, expires_at, group_id,
    message_type, message, object_tree, answer_bytes, session_id)
  select t.message_id, $1::bigint, t.dst_node_id, t.created_at, t.expires_at, t.group_id,
    t.message_type, t.message, t.object_tree, t.answer_bytes, $2::uuid
  from unnest($4::text[], $5::bigint[], $6::double precision[], $7::double precision[], $8::text[],
    $9::text[], $10::bytea[], $11::bytea[], $12::int[])
    as t(message_id, dst_node_id, created_at, expires_at, group_id, message_type, message, object_tree,
      answer_bytes)
  order by t.message_id collate "C"
  on conflict (message_id) do update set session_id = instruction.session_id
  where instruction.run_id = excluded.run_id
  returning message_id, xmax = 0 as is_new, session_id),
woken as (select count(pg_notify('superlink', topic)) as topics from unnest($3::text[]) topic)
select s.message_id, s.is_new, s.session_id, w.topics from woken w cross join stored s`,
};
