import type { Cluster } from '../../support/cluster';

/** Notes how many rows each transaction deletes from `tables`, from now on. */
export async function noteDeletions(
  query: Cluster['query'],
  tables: readonly string[],
): Promise<void> {
  await query(`
    create table deletion (relation text, tx xid8, rows bigint);
    create function note_deletion() returns trigger language plpgsql as $$ begin
      insert into deletion select tg_table_name, pg_current_xact_id(), count(*) from gone;
      return null;
    end $$;`);
  for (const table of tables) {
    await query(`create trigger noted after delete on ${table} referencing old table as gone
      for each statement execute function note_deletion()`);
  }
}

/** By table: how many rows went, and the most that went in one transaction. */
export async function deletionsOf(
  query: Cluster['query'],
): Promise<Record<string, { total: number; most: number }>> {
  const rows = await query<{ relation: string; total: number; most: number }>(`
    select relation, sum(rows)::int as total, max(rows)::int as most
    from (select relation, tx, sum(rows) as rows from deletion group by relation, tx) of_tx
    group by relation`);
  return Object.fromEntries(rows.map(({ relation, ...counts }) => [relation, counts]));
}
