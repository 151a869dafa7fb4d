import { Client, type QueryResultRow } from 'pg';

import type { Statement } from '../../../src/database/sql';

type Query = <Row extends QueryResultRow>(text: string) => Promise<Row[]>;

/** Less than any table or index of such a test has. */
export const FEW_PAGES = 100;

/** Another session, in a transaction that is rolled back in the end unless it was committed. */
export async function besideTransactionOn(
  url: string,
  play: (other: Client) => Promise<void>,
): Promise<void> {
  const other = new Client({ connectionString: url });
  await other.connect();
  try {
    await other.query('begin');
    await play(other);
  } finally {
    await other.end();
  }
}

/** Has the session see what is there now for as long as its transaction lasts. */
export async function holdSnapshot(session: Client): Promise<void> {
  await session.query('set transaction isolation level repeatable read');
  await session.query('select count(*) from run');
}

/** Pages that the statement touches, carried out with these values. */
export async function pagesReadBy(
  query: Query,
  { text }: Statement,
  ...values: string[]
): Promise<number> {
  const filled = text.replace(/\$(\d)::[\w[\]]+/g, (_, n: string) => values[Number(n) - 1]!);
  const explain = `explain (analyze, buffers, format json) ${filled}`;
  const [row] = await query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(explain);
  const plan = row!['QUERY PLAN'][0].Plan;
  return plan['Shared Hit Blocks']! + plan['Shared Read Blocks']!;
}
