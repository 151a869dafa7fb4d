import { ControlService } from '../../../src/generated/flwr/proto/control';
import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { RuntimeService } from '../../../src/generated/flwr/proto/runtime';
import { httpForm } from '../../support/http-client';
import { httpRouteOf } from '../../support/http-route';
import { NodeActor } from '../../support/node-actor';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { killReplicas, startReplicas, type TestReplica } from '../../support/replicas';
import { StatementMeter } from '../../support/statement-meter';
import { type HttpAnswer, HttpConnection } from './raw-http';

const ROUTES = [ControlService, FleetService, RuntimeService]
  .flatMap((service) => Object.values<{ readonly path: string }>(service))
  .flatMap((method) => [httpRouteOf(method)].filter((route) => route !== undefined));
/** A few of those that cannot answer an empty request by themselves. */
const NEED_IT = [
  '/v1/control/list-runs',
  '/v1/control/stream-logs',
  '/v1/fleet/pull-messages',
  '/v1/fleet/push-object',
  '/v1/runtime/pull-pending-tasks',
  '/v1/runtime/pull-messages',
];

describe('while the database is away', () => {
  let database: TestDatabase;
  let replicas: TestReplica[];
  let relay: StatementMeter;
  let connection: HttpConnection;
  let before: readonly HttpAnswer[];

  beforeAll(async () => {
    database = await createDatabase();
    relay = await StatementMeter.start(database.url);
    replicas = await startReplicas(1, database.url, ['--database', relay.url]);
    connection = new HttpConnection(replicas[0]!.addresses.http);
    before = await askEverywhere();
    expect((await connection.ask('/health', { method: 'GET' })).status).toBe(200);
    relay.close();
  });
  afterAll(async () => {
    connection.close();
    await killReplicas(replicas);
    await database.drop();
  });

  /** An empty request to each route, with credentials of the right form. */
  async function askEverywhere(): Promise<HttpAnswer[]> {
    const signed = httpForm(new NodeActor(undefined as never).headers());
    const headers = { ...signed, 'flwr-task-token': 'a'.repeat(256) };
    const answers: HttpAnswer[] = [];
    for (const route of ROUTES) answers.push(await connection.ask(route, { headers }));
    return answers;
  }

  it('every call is told to come again soon, and so are the probes', async () => {
    for (const path of ['/v1/control/list-runs', '/v1/control/stream-logs']) {
      const answer = await connection.ask(path);
      expect(answer.status).toBe(503);
      expect(answer.json).toEqual({ detail: expect.any(String) as unknown });
      expect(answer.headers['retry-after']).toBe('1');
    }
    expect((await connection.ask('/health', { method: 'GET' })).status).toBe(503);
    expect((await connection.ask('/health/live', { method: 'GET' })).status).toBe(200);
  });

  it('no route fails in another way, and what needs no database is answered as ever', async () => {
    const without = await askEverywhere();
    const unavailable = ROUTES.filter((_, index) => without[index]!.status === 503);
    const changed = ROUTES.filter((_, index) => without[index]!.status !== before[index]!.status);
    expect(changed).toEqual(unavailable);
    expect(unavailable).toEqual(expect.arrayContaining(NEED_IT));
    for (const { status, headers } of without) {
      if (status === 503) expect(headers['retry-after']).toBe('1');
    }
  });
});
