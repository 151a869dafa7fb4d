import { EventEmitter } from 'node:events';

import { Client } from 'pg';

/** Triggers that write down what happens to messages and tasks: rows of ended runs are deleted. */
const TRIGGERS = `
create table ledger (
  entry bigint generated always as identity primary key,
  event text not null,
  run_id bigint not null,
  message_id text
);
create function note_message() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'reply' then
    insert into ledger (event, run_id, message_id) values ('answered', new.run_id, new.reply_to);
  elsif tg_op = 'INSERT' then
    insert into ledger (event, run_id, message_id) values ('sent', new.run_id, new.message_id);
  else
    insert into ledger (event, run_id, message_id) values ('confirmed', new.run_id, new.message_id);
  end if;
  return null;
end $$;
create trigger note_sent after insert on instruction for each row execute function note_message();
create trigger note_confirmed after update of confirmed_at on instruction for each row
  when (old.confirmed_at is null and new.confirmed_at is not null) execute function note_message();
create trigger note_answered after insert on reply for each row execute function note_message();

create function note_task() returns trigger language plpgsql as $$
declare
  happened text := tg_argv[0];
begin
  insert into ledger (event, run_id) values (happened, new.run_id);
  perform pg_notify('ledger', happened || ' ' || uint64_text(new.run_id));
  return null;
end $$;
create trigger note_begun after insert on task for each row execute function note_task('begun');
create trigger note_claimed after update of starting_at on task for each row
  when (old.starting_at is distinct from new.starting_at) execute function note_task('claimed');
create trigger note_finished after update of finished_at on task for each row
  when (old.finished_at is null and new.finished_at is not null) execute function note_task('finished');
`;

const COUNTS = `
select
  count(*) filter (where event = 'sent')::int as sent,
  count(distinct message_id) filter (where event = 'sent')::int as "sentOnce",
  count(*) filter (where event = 'confirmed')::int as confirmed,
  count(*) filter (where event = 'answered')::int as answered,
  count(distinct message_id) filter (where event = 'answered')::int as "answeredOnce"
from ledger
where run_id = $1`;

const LEFT_BEHIND = `
select
  (select count(*) from instruction where run_id = $1)::int as instructions,
  (select count(*) from reply where run_id = $1)::int as replies,
  (select count(*) from run_object where run_id = $1)::int as objects,
  (select count(*) from push_session where run_id = $1)::int as sessions`;

const HAS_FINISHED = `select 1 from ledger where run_id = $1 and event = 'finished'`;

/** How many messages of a run were stored, confirmed by nodes and answered; `…Once`: different ones. */
export interface MessageCounts {
  readonly sent: number;
  readonly sentOnce: number;
  readonly confirmed: number;
  readonly answered: number;
  readonly answeredOnce: number;
}

/** The unsigned id of the clients as PostgreSQL keeps it. */
const signed = (runId: string): string => BigInt.asIntN(64, BigInt(runId)).toString();

/** What happens to the task of a run. */
type TaskEvent = 'begun' | 'claimed' | 'finished';

/** What the database itself saw of runs; emits what happens to their tasks, with the run's id. */
export class Ledger extends EventEmitter<Record<TaskEvent, [string]>> {
  private constructor(private readonly client: Client) {
    super();
    this.setMaxListeners(0);
    client.on('notification', ({ payload }) => {
      const [event, runId] = payload!.split(' ');
      this.emit(event as TaskEvent, runId!);
    });
  }

  /** The database is one of the test's own: it gets the triggers. */
  static async open(databaseUrl: string): Promise<Ledger> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(TRIGGERS);
    await client.end();
    return Ledger.openAgain(databaseUrl);
  }

  /** As `open`, of a database that has the triggers: a ledger does not outlive its connection. */
  static async openAgain(databaseUrl: string): Promise<Ledger> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query('listen ledger');
    return new Ledger(client);
  }

  /** Resolves when the run's task has ended. */
  async untilFinished(runId: string, limitMilliseconds: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        finish(() => {
          reject(new Error(`run ${runId} goes on after ${limitMilliseconds} ms`));
        });
      }, limitMilliseconds);
      const look = (finished: string): void => {
        if (finished === runId) finish(resolve);
      };
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        this.off('finished', look);
        act();
      };
      this.on('finished', look);
      this.client.query(HAS_FINISHED, [signed(runId)]).then(({ rows }) => {
        if (rows.length > 0) finish(resolve);
      }, reject);
    });
  }

  async messages(runId: string): Promise<MessageCounts> {
    const { rows } = await this.client.query<MessageCounts>(COUNTS, [signed(runId)]);
    return rows[0]!;
  }

  /** Rows of messages and objects that are still there, by table. */
  async leftBehind(runId: string): Promise<Record<string, number>> {
    const { rows } = await this.client.query<Record<string, number>>(LEFT_BEHIND, [signed(runId)]);
    return rows[0]!;
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
