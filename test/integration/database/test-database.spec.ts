import { Client } from 'pg';
import { afterEach } from 'vitest';

import { createDatabase, createEmptyDatabase, type TestDatabase } from '../../support/postgres';

const clients: Client[] = [];

async function connect(database: TestDatabase): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  client.on('error', () => undefined); // dropping by force breaks the one that was left open
  await client.connect();
  clients.push(client);
  return client;
}

async function tableCount(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from pg_tables where schemaname = 'public'`,
  );
  return rows[0]!.count;
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end()));
});

describe('the database of a test file', () => {
  it('has the schema, and nothing of another file', async () => {
    const [one, two] = await Promise.all([createDatabase(), createDatabase()]);
    const [first, second] = [await connect(one), await connect(two)];
    const before = await tableCount(second);
    await first.query('create table only_here (id int)');
    expect(before).toBeGreaterThan(1);
    expect(await tableCount(first)).toBe(before + 1);
    expect(await tableCount(second)).toBe(before);
    await Promise.all([first.end(), second.end()]);
    await Promise.all([one.drop(), two.drop()]);
  });

  it('has no table at all when that is asked for', async () => {
    const database = await createEmptyDatabase();
    const client = await connect(database);
    expect(await tableCount(client)).toBe(0);
    await client.end();
    await database.drop();
  });

  it('tells of a connection that the test left open, and is deleted all the same', async () => {
    const database = await createEmptyDatabase();
    const client = await connect(database);
    await client.query('select 42 as forgotten');
    await expect(database.drop()).rejects.toThrow(/left connections open.*forgotten/s);
    await expect(connect(database)).rejects.toThrow(/does not exist/);
  });
});
