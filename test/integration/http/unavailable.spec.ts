import { createDatabase, type TestDatabase } from '../../support/postgres';
import { killReplicas, startReplicas, type TestReplica } from '../../support/replicas';
import { StatementMeter } from '../../support/statement-meter';
import { HttpConnection } from './raw-http';

describe('while the database is away', () => {
  let database: TestDatabase;
  let replicas: TestReplica[];
  let relay: StatementMeter;
  let connection: HttpConnection;

  beforeAll(async () => {
    database = await createDatabase();
    relay = await StatementMeter.start(database.url);
    replicas = await startReplicas(1, database.url, ['--database', relay.url]);
    connection = new HttpConnection(replicas[0]!.addresses.http);
  });
  afterAll(async () => {
    connection.close();
    await killReplicas(replicas);
    await database.drop();
  });

  it('every call is told to come again soon, and so are the probes', async () => {
    expect((await connection.ask('/v1/control/list-runs')).status).toBe(200);
    expect((await connection.ask('/health', { method: 'GET' })).status).toBe(200);
    relay.close();
    for (const path of ['/v1/control/list-runs', '/v1/control/stream-logs']) {
      const answer = await connection.ask(path);
      expect(answer.status).toBe(503);
      expect(answer.json).toEqual({ detail: expect.any(String) as unknown });
      expect(answer.headers['retry-after']).toBe('1');
    }
    expect((await connection.ask('/health', { method: 'GET' })).status).toBe(503);
    expect((await connection.ask('/health/live', { method: 'GET' })).status).toBe(200);
  });
});
