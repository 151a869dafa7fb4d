import { MOST_ANSWER_BYTES } from '../database/answer-bytes';
import { sql, type Statement } from '../database/sql';
import { LEASE_NOW } from '../leases/lease-now';
import { CALLING_NODE_IN_RUN } from '../nodes/calling-node';
import { CALLING_TASK } from '../tasks/calling-task';
import { INBOX_STATE, type InboxState } from './inbox.sql';
import type { CallerRow } from './instructions.sql';

export interface AnsweredRow extends CallerRow {
  readonly now: number;
  readonly dst_node_id: bigint | null;
  readonly expires_at: number | null;
  readonly answered_by: string | null;
}

/**
 * The instruction $4 that a node's reply is for, locked: replies to one instruction take their turn, and the next
 * one sees who came first. Locks the run against its end too.
 */
export const FIND_ANSWERED_INSTRUCTION: Statement = {
  name: 'find-answered-instruction',
  text: sql`
with caller as (${CALLING_NODE_IN_RUN}),
run_lock as (
  select r.run_id from run r join caller c on c.run_id = r.run_id where c.allowed for key share of r),
answered as (
  select i.dst_node_id, i.expires_at, i.answered_by
  from instruction i join run_lock l on l.run_id = i.run_id
  where i.message_id = $4::text and not i.done
  for update of i)
select exists(select from caller) as known, (select allowed from caller) as allowed,
  extract(epoch from now())::double precision as now, a.dst_node_id, a.expires_at, a.answered_by
from (select) one left join answered a on true`,
};

export interface StoredReplyRow {
  readonly is_new: boolean;
  /** Its push session, which may be over; null if the server made it. */
  readonly session_id: string | null;
}

/**
 * Stores reply $1 to instruction $2 of run $3, whose row is locked. Known already: it stays as it is, in the session that
 * its objects are being pushed in; known as the reply to something else: not stored, and there is no row. Traffic and
 * run time are counted once a reply. Wakes the ServerApp ($11) unless objects are missing.
 */
export const STORE_REPLY: Statement = {
  name: 'store-reply',
  text: sql`
with stored as (
  insert into reply (message_id, reply_to, run_id, src_node_id, created_at, expires_at, message,
    object_tree, session_id)
  values ($1::text, $2::text, $3::bigint, $4::bigint, $5::double precision, $6::double precision,
    $7::bytea, $8::bytea, $9::uuid)
  on conflict (message_id) do update set session_id = reply.session_id
  where reply.run_id = excluded.run_id and reply.reply_to = excluded.reply_to
  returning xmax = 0 as is_new, session_id),
answered as (
  update instruction set answered_by = $1::text
  where message_id = $2::text and run_id = $3::bigint and answered_by is null),
traffic as (
  insert into run_traffic_entry (run_id, bytes_recv, clientapp_runtime)
  select $3::bigint, $10::bigint, $12::double precision from stored where is_new),
woken as (select count(pg_notify('superlink', topic)) as topics from stored, unnest($11::text[]) topic)
select s.is_new, s.session_id, w.topics from woken w cross join stored s`,
};

/** Replies `r` whose objects are all there. */
const IS_WHOLE = sql`
coalesce((select s.pending from push_session s where s.session_id = r.session_id), 0) = 0`;

export type Verdict =
  'reply' | 'leased' | 'waiting' | 'message-unavailable' | 'reply-unavailable' | 'node-unavailable';

export interface VerdictRow extends CallerRow {
  readonly run_id: bigint | null;
  readonly now: number;
  /** What there is for the task itself, unasked. */
  readonly inbox: InboxState;
  /** Null if nothing was asked for. */
  readonly message_id: string | null;
  readonly verdict: Verdict;
  readonly group_id: string | null;
  readonly message_type: string | null;
  readonly expires_at: number | null;
}

/**
 * What can be said of each message $2 that a ServerApp waits for. A reply that is there counts even if its node has
 * gone offline since (upstream throws it away), and for 2 s after it was handed out it is leased to that call. One that
 * came and is gone was dropped with its push session: its node takes it for delivered, so there will be none.
 */
export const JUDGE_MESSAGES: Statement = {
  name: 'judge-messages',
  text: sql`
with caller as (${CALLING_TASK}),
inbox as (select ${INBOX_STATE} as state from caller c),
asked as (select distinct unnest($2::text[]) as message_id)
select c.task_id is not null as known, c.allowed, c.run_id,
  extract(epoch from now())::double precision as now, (select state from inbox) as inbox,
  a.message_id, i.group_id, i.message_type, i.expires_at,
  case
    when r.message_id is not null and r.expires_at >= extract(epoch from now()) and ${IS_WHOLE} then
      case when r.handed_out_at > now() - interval '2 seconds' then 'leased' else 'reply' end
    when i.message_id is null or i.expires_at < extract(epoch from now()) then 'message-unavailable'
    when r.expires_at < extract(epoch from now()) or (r.message_id is null and i.answered_by is not null)
      then 'reply-unavailable'
    when n.unregistered_at is null and n.online_until > ${LEASE_NOW} then 'waiting'
    else 'node-unavailable'
  end as verdict
from (select) one
left join caller c on true
left join asked a on true
left join instruction i on i.message_id = a.message_id and i.run_id = c.run_id and not i.done
left join reply r on r.run_id = c.run_id and r.reply_to = a.message_id
left join node n on n.node_id = i.dst_node_id`,
};

export interface ClaimedReplyRow {
  readonly message: Buffer;
  readonly object_tree: Buffer;
  /** True: it was handed out before. */
  readonly is_again: boolean;
}

/**
 * Hands out the replies to messages $2, each to one call in 2 s; rows are locked in one order on every replica. Once they
 * have 32 MiB together the rest is left to the next call: whatever nodes send, an answer fits into a replica.
 */
export const CLAIM_REPLIES: Statement = {
  name: 'claim-replies',
  text: sql`
with caller as materialized (${CALLING_TASK}),
free as (
  select r.message_id, r.handed_out_at is not null as is_again,
    octet_length(r.message) + octet_length(r.object_tree) as bytes
  from reply r join caller c on c.run_id = r.run_id
  where c.allowed and r.reply_to = any($2::text[])
    and (r.handed_out_at is null or r.handed_out_at <= now() - interval '2 seconds')
    and ${IS_WHOLE}
  order by r.message_id
  for update of r skip locked),
counted as (
  select message_id, is_again, sum(bytes) over (order by message_id) - bytes as bytes_before from free)
update reply r set handed_out_at = clock_timestamp() from counted c
where r.message_id = c.message_id and c.bytes_before < ${MOST_ANSWER_BYTES}
returning r.message, r.object_tree, c.is_again`,
};

/**
 * Removes what stands in the way of a made-up reply to messages $2: replies that expired or never became whole. Locks the
 * messages first, as a node's push does: each would else hold what the other one needs.
 */
export const DROP_USELESS_REPLIES: Statement = {
  name: 'drop-useless-replies',
  text: sql`
with answered as (
  select message_id from instruction where run_id = $1::bigint and message_id = any($2::text[])
  order by message_id for update),
useless as (
  delete from reply r where r.run_id = $1::bigint and r.reply_to = any($2::text[])
    and (r.expires_at < extract(epoch from now()) or not ${IS_WHOLE})
  returning r.message_id),
garbage as (
  insert into object_garbage (object_id) select message_id from useless on conflict do nothing)
select count(*) from answered`,
};

/**
 * Stores made-up replies of run $1, handed out to the call that makes them. Where a real one, or that of another
 * replica, came first nothing is stored: only what is returned may be answered.
 */
export const STORE_MADE_REPLIES: Statement = {
  name: 'store-made-replies',
  text: sql`
with made as (
  insert into reply (message_id, reply_to, run_id, src_node_id, created_at, expires_at, message,
    object_tree, handed_out_at)
  select t.message_id, t.reply_to, $1::bigint, 1, $2::double precision, 'infinity'::double precision, t.message,
    t.object_tree, clock_timestamp()
  from unnest($3::text[], $4::text[], $5::bytea[], $6::bytea[])
    as t(message_id, reply_to, message, object_tree)
  order by t.reply_to collate "C"
  on conflict do nothing
  returning message_id, reply_to),
answered as (
  update instruction i set answered_by = m.message_id from made m
  where i.message_id = m.reply_to and i.run_id = $1::bigint)
select message_id from made`,
};

/**
 * The task has all of $2, a reply or an instruction to itself: that and what it answers are done with. Of instructions the
 * id stays until the run ends: a replica that hung may push one once more, long after its client went elsewhere. Locks what
 * is answered before its reply, as a node's push does. Repeatable.
 */
export const CONFIRM_REPLY: Statement = {
  name: 'confirm-reply',
  urgency: 'first',
  text: sql`
with caller as (${CALLING_TASK}),
asked as (
  select r.message_id, r.run_id, r.reply_to from reply r join caller c on c.run_id = r.run_id
  where c.allowed and r.message_id = $2::text),
locked as (
  select i.message_id from instruction i join asked a on i.message_id = a.reply_to and i.run_id = a.run_id
  for update of i),
confirmed as (
  delete from reply r using asked a
  where r.message_id = a.message_id and (select count(*) from locked) >= 0
  returning r.run_id, r.message_id, r.reply_to),
answered as (
  update instruction i set done = true, confirmed_at = coalesce(i.confirmed_at, now()), message = '', object_tree = ''
  from confirmed r
  where i.message_id = r.reply_to and i.run_id = r.run_id
  returning i.message_id),
taken as (
  update instruction i set done = true, confirmed_at = coalesce(i.confirmed_at, now()), message = '', object_tree = ''
  from caller c
  where c.allowed and i.message_id = $2::text and i.run_id = c.run_id and i.dst_node_id = 1
  returning i.message_id),
garbage as (
  insert into object_garbage (object_id)
  select message_id from confirmed
  union select message_id from answered
  union select message_id from taken
  on conflict do nothing)
select exists(select from caller) as known, (select allowed from caller) as allowed`,
};
