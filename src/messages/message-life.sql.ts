import { sql, type Statement } from '../database/sql';

export interface RootRow {
  readonly message_id: string;
}

/**
 * Up to $2 instructions and $2 replies whose push session $1 has expired: they will never be whole. Without a session a
 * message counts as whole, so none may be passed over before that goes: hence the lock.
 */
export const DROP_UNFINISHED_MESSAGES: Statement = {
  name: 'drop-unfinished-messages',
  text: sql`
with instructions as (
  delete from instruction where message_id in (
    select message_id from instruction where session_id = any($1::uuid[]) limit $2::int for update)
  returning message_id),
replies as (
  delete from reply where message_id in (
    select message_id from reply where session_id = any($1::uuid[]) limit $2::int for update)
  returning message_id)
select message_id from instructions union all select message_id from replies`,
};

/** An hour after their end nobody asks for them any more, or is told the same of unknown messages. */
export const DROP_EXPIRED_MESSAGES: Statement = {
  name: 'drop-expired-messages',
  text: sql`
with expired as (
  delete from instruction where message_id = any(array(
    select message_id from instruction where expires_at < extract(epoch from now()) - 3600
    order by expires_at limit $1::int for update skip locked))
  returning run_id, message_id),
replies as (
  delete from reply r using expired e where r.run_id = e.run_id and r.reply_to = e.message_id
  returning r.message_id)
select message_id from expired union all select message_id from replies`,
};
