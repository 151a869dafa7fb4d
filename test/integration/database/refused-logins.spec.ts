import { Client } from 'pg';

import { GrpcClients } from '../../support/grpc-client';
import { METRICS_FLAGS, metricsUrlOf, scrape } from '../../support/metrics';
import { NodeActor } from '../../support/node-actor';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import {
  killReplicas,
  showLogsOfFailure,
  startReplicas,
  type TestReplica,
} from '../../support/replicas';
import { outcomeOf } from '../../support/rpc-clients';

const ROLE = 'rotating';
const PASSWORD = 'hunter2';
const CREATE = `create role rotating superuser login password 'hunter2'`;
const ROTATE = `alter role rotating password 'other'`;
const RESTORE = `alter role rotating password 'hunter2'`;
const CUT = `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'rotating'`;
const SOON_MILLISECONDS = 10_000;

describe('while PostgreSQL refuses new connections for a reason that does not pass by itself', () => {
  let database: TestDatabase;
  let admin: Client;
  let replicas: TestReplica[] = [];
  let clients: GrpcClients;

  beforeAll(async () => {
    database = await createDatabase();
    admin = new Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(CREATE);
    const url = new URL(database.url);
    url.username = ROLE;
    url.password = PASSWORD;
    replicas = await startReplicas(1, url.href, METRICS_FLAGS);
    clients = new GrpcClients([replicas[0]!.addresses]);
  });
  afterEach(({ task }) => {
    showLogsOfFailure(task.result?.state === 'fail', replicas);
  });
  afterAll(async () => {
    clients.close();
    await killReplicas(replicas);
    await admin.query('drop role rotating');
    await admin.end();
    await database.drop();
  });

  it('SuperNodes are told to come again, and the log says why', async () => {
    const node = await NodeActor.online(clients);
    await admin.query(ROTATE);
    await admin.query(CUT);
    // the first calls may meet connections that have just been cut
    for (let call = 0; call < 5; call += 1) {
      expect(await outcomeOf(node.heartbeat())).toBe('UNAVAILABLE');
    }
    const [replica] = replicas;
    const warnings = replica!.log.filter((line) => line.includes('"failure":"UNAVAILABLE"'));
    expect(warnings.at(-1)).toContain('password authentication failed');
    expect(replica!.log.join('\n')).not.toContain(PASSWORD);
    const counted = (await scrape(metricsUrlOf(replica!))).value('database_errors_total', {
      class: '28',
    });
    expect(counted).toBeGreaterThan(0);
    await admin.query(RESTORE);
    const beats = () => outcomeOf(node.heartbeat());
    await expect.poll(beats, { timeout: SOON_MILLISECONDS }).toBe('OK');
  });
});
