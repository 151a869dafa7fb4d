import { Client, escapeIdentifier } from 'pg';

/** Upkeep would change rows behind the tests' back: while these locks are held no replica does any. */
const HOUSEKEEPING_JOBS = [
  'nonces',
  'task leases',
  'task messages',
  'ended runs',
  'run traffic',
  'expired messages',
  'push sessions',
  'objects',
  'automations',
];

/**
 * What a caller that proved who it is changes with every call, however bad: the time until which it counts as
 * alive. And what a replica takes back by itself when the answer to a log batch has arrived; a batch that came leaves
 * its time, too. Nothing else may change.
 */
const UNSTEADY_COLUMNS = ['online_until', 'active_until', 'last_log_digest'];

const LIVELY_TABLES = new Set(['node', 'task']);

/** A hash of the rows of each table, by the table's name. */
export type TableState = ReadonlyMap<string, string>;

/** All rows of a table at once, or one of a table with unsteady columns. */
interface StateRow {
  readonly name: string;
  /** Of the row; null: of all rows. */
  readonly version: string | null;
  /** Null: that of the same version before. */
  readonly hash: string | null;
}

/** Watches all tables of a database, over a connection of its own. */
export class TableWatch {
  private statement = '';
  /** Hashes of rows by their versions, those with unsteady columns: they are large, and what has a version stays as it is. */
  private known = new Map<string, string>();

  private constructor(private readonly connection: Client) {}

  static async open(url: string): Promise<TableWatch> {
    const connection = new Client({ connectionString: url, application_name: 'table watch' });
    await connection.connect();
    const watch = new TableWatch(connection);
    const names = await watch.connection.query<{ name: string }>(
      `select table_name as name from information_schema.tables
       where table_schema = 'public' and table_type = 'BASE TABLE'
         and table_name <> 'lease_clock' order by 1`,
    );
    watch.statement = names.rows.map(({ name }) => selectState(name)).join(' union all ');
    await connection.query(
      `select pg_advisory_lock(hashtextextended('superlink job ' || name, 0))
       from unnest($1::text[]) name`,
      [HOUSEKEEPING_JOBS],
    );
    return watch;
  }

  async state(): Promise<TableState> {
    const values = [UNSTEADY_COLUMNS, [...this.known.keys()]];
    const { rows } = await this.connection.query<StateRow>(this.statement, values);
    const contents = new Map<string, string[]>();
    const seen = new Map<string, string>();
    for (const { name, version, hash } of rows) {
      const content = hash ?? this.known.get(version!)!;
      if (version !== null) seen.set(version, content);
      contents.set(name, [...(contents.get(name) ?? []), content]);
    }
    this.known = seen;
    return new Map([...contents].map(([name, hashes]) => [name, hashes.toSorted().join()]));
  }

  /** Leases of all that lives last as long as the tests do. */
  async keepAlive(): Promise<void> {
    await this.connection.query(
      `with tasks as (
         update task set active_until = now() + interval '10 minutes'
         where finished_at is null and active_until is not null)
       update node set online_until = now() + interval '10 minutes'
       where unregistered_at is null and online_until > now()`,
    );
  }

  async query(text: string, values: readonly unknown[]): Promise<void> {
    await this.connection.query(text, [...values]);
  }

  async close(): Promise<void> {
    await this.connection.end();
  }
}

/** Names of the tables that differ. */
export function changedTables(before: TableState, after: TableState): string[] {
  return [...after].filter(([name, hash]) => before.get(name) !== hash).map(([name]) => name);
}

/** Versions of rows tell of every write and cost nothing; where columns are unsteady the contents have to. */
function selectState(table: string): string {
  const from = `from ${escapeIdentifier(table)} t`;
  if (LIVELY_TABLES.has(table)) {
    return `select '${table}' as name, version,
        case when version <> all($2::text[]) then md5((to_jsonb(t) - $1::text[])::text) end as hash
      from (select t, '${table} ' || t.ctid || ' ' || t.xmin as version ${from}) rows`;
  }
  return `select '${table}' as name, null as version,
      md5(coalesce(string_agg(version, ',' order by version), '')) as hash
    from (select t.ctid || ' ' || t.xmin as version ${from}) rows`;
}
