import type { BenchDatabase } from './bench-database';

/** Triggers that write down each step of tasks and nodes, with what was true before it. */
const TRIGGERS = `
create table fault_history (
  entry bigint generated always as identity primary key,
  what text not null,
  run_id bigint,
  broken text
);

create function judge_task() returns trigger language plpgsql as $$
declare
  had_owner boolean := old.token_hash is not null and old.active_until >= now();
begin
  if new.token_hash is distinct from old.token_hash then
    insert into fault_history (what, run_id, broken) values ('owner', new.run_id, case
      when old.running_at is not null then 'a task that runs got another token'
      when had_owner then 'a task got a second token while the first was valid'
      end);
  end if;
  insert into fault_history (what, run_id, broken) values ('status', new.run_id, case
    when old.finished_at is not null and (new.finished_at, new.sub_status, new.running_at)
      is distinct from (old.finished_at, old.sub_status, old.running_at) then 'a finished task changed'
    when old.running_at is not null and new.running_at is distinct from old.running_at
      then 'a running task was started anew'
    when old.starting_at is not null and new.starting_at is null and had_owner
      then 'a claim was taken back while it was valid'
    end);
  return null;
end $$;
create trigger judge_task after update on task for each row execute function judge_task();

create function judge_node() returns trigger language plpgsql as $$
begin
  insert into fault_history (what, broken) values ('status', case
    when old.unregistered_at is not null and new.unregistered_at is null
      then 'an unregistered node came back'
    when old.unregistered_at is not null and new.online_until > now()
      and new.online_until is distinct from old.online_until then 'an unregistered node got online'
    end);
  return null;
end $$;
create trigger judge_node after update on node for each row execute function judge_node();
`;

const STEPS = `
select what, broken from fault_history
where entry > $2 and (run_id = $1 or run_id is null) order by entry`;

const LAST_ENTRY = `select coalesce(max(entry), 0)::text as entry from fault_history`;

/** Objects that do not keep what they promise, each with the reason. */
const BROKEN_OBJECTS = `
select o.object_id || ': ' || reason as broken
from object o
left join lateral (
  select string_agg(bytes, ''::bytea order by position) as bytes
  from object_segment s where s.object_id = o.object_id) content on true
cross join lateral (select case
  when o.available and content.bytes is null then 'it is available and has no content'
  when not o.available and content.bytes is not null then 'it has content and is not available'
  when o.available and encode(sha256(content.bytes), 'hex') <> o.object_id
    then 'its content has another SHA-256'
  when o.available and o.size <> length(content.bytes) then 'its content has another length'
  when not exists (select from run_object r where r.object_id = o.object_id)
    and not exists (select from object_child c where c.child_id = o.object_id)
    and not exists (select from object_garbage g where g.object_id = o.object_id)
    then 'nobody needs it and it is not queued for collection'
  end as reason) judged
where reason is not null`;

const ROWS_OF_LIVE_WORK = `
select
  (select count(*) from instruction)::int as instruction,
  (select count(*) from reply)::int as reply,
  (select count(*) from run_object)::int as run_object,
  (select count(*) from push_session)::int as push_session,
  (select count(*) from push_pending)::int as push_pending,
  (select count(*) from object)::int as object,
  (select count(*) from object_child)::int as object_child,
  (select count(*) from object_segment)::int as object_segment,
  (select count(*) from object_garbage)::int as object_garbage`;

const RUN = `
select s.status, s.sub_status as "subStatus"
from run r join task_state s on s.task_id = r.primary_task_id where r.run_id = $1`;

const END = `
select extract(epoch from s.finished_at)::double precision * 1000 as milliseconds
from run r join task_state s on s.task_id = r.primary_task_id where r.run_id = $1`;

/** Whoever runs statements. */
type Queries = Pick<BenchDatabase, 'query'>;

const LATE_LOG = `
select coalesce(string_agg(l.log, '' order by l.logged_at), '') as log
from run r
join task_state s on s.task_id = r.primary_task_id
join task_log l on l.task_id = s.task_id and l.logged_at > extract(epoch from s.finished_at)
where r.run_id = $1`;

/** The unsigned id of the clients as PostgreSQL keeps it. */
const signed = (runId: string): string => BigInt.asIntN(64, BigInt(runId)).toString();

export interface Steps {
  /** How many steps were judged. */
  readonly owner: number;
  readonly status: number;
  /** What was wrong with them. */
  readonly brokenOwner: readonly string[];
  readonly brokenStatus: readonly string[];
}

/** What the database can tell of what happened in it. */
export class History {
  private constructor(private readonly database: Queries) {}

  /** The database gets the triggers. */
  static async begin(database: Queries): Promise<History> {
    await database.query(TRIGGERS);
    return new History(database);
  }

  /** Of a database that has the triggers, or a copy of one. */
  static of(database: Queries): History {
    return new History(database);
  }

  /** Where the history is now: for `steps`. */
  async mark(): Promise<string> {
    const [row] = await this.database.query<{ entry: string }>(LAST_ENTRY);
    return row!.entry;
  }

  /** Steps of a run's tasks and of all nodes since the mark. */
  async steps(runId: string, mark: string): Promise<Steps> {
    const rows = await this.database.query<{ what: string; broken: string | null }>(STEPS, [
      signed(runId),
      mark,
    ]);
    const of = (what: string): typeof rows => rows.filter((row) => row.what === what);
    const broken = (what: string): string[] => of(what).flatMap((row) => row.broken ?? []);
    return {
      owner: of('owner').length,
      status: of('status').length,
      brokenOwner: broken('owner'),
      brokenStatus: broken('status'),
    };
  }

  async brokenObjects(): Promise<string[]> {
    const rows = await this.database.query<{ broken: string }>(BROKEN_OBJECTS);
    return rows.map(({ broken }) => broken);
  }

  /** Rows in the tables of live work, of all runs; only those tables that have any. */
  async leftovers(): Promise<Record<string, number>> {
    const [counts] = await this.database.query<Record<string, number>>(ROWS_OF_LIVE_WORK);
    return Object.fromEntries(Object.entries(counts!).filter(([, count]) => count > 0));
  }

  /** What a run's app wrote after the end of the run: of how it told that end, say. */
  async lateLog(runId: string): Promise<string> {
    const [late] = await this.database.query<{ log: string }>(LATE_LOG, [signed(runId)]);
    return late!.log;
  }

  /** When a run ended, in milliseconds since the epoch; Infinity while it goes on. */
  async endedAt(runId: string): Promise<number> {
    const [end] = await this.database.query<{ milliseconds: number | null }>(END, [signed(runId)]);
    return end?.milliseconds ?? Number.POSITIVE_INFINITY;
  }

  /** `finished:completed`, as the command line shows it; undefined if there is no such run. */
  async status(runId: string): Promise<string | undefined> {
    const [run] = await this.database.query<{ status: string; subStatus: string }>(RUN, [
      signed(runId),
    ]);
    if (run === undefined) return undefined;
    return run.subStatus === '' ? run.status : `${run.status}:${run.subStatus}`;
  }
}
