import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client } from 'pg';

import { migrate } from '../../src/database/migrate';
import { MIGRATIONS } from '../../src/database/migrations/migrations';
import { ServerAppIoService } from '../../src/generated/flwr/proto/serverappio';
import { createDatabase, createEmptyDatabase, type TestDatabase } from '../support/postgres';
import { killReplicas, startReplicas, type TestReplica } from '../support/replicas';
import { outcomeOf } from '../support/rpc-clients';
import { newFolder } from '../support/superlink-program';
import { startRun, SuperExecActor } from '../support/task-actor';
import { connectTo } from '../support/wire';

/** Ten processes at once on a machine that may have two cores and other work. */
const START_MILLISECONDS = 180_000;

describe('replicas that start together', () => {
  let database: TestDatabase;
  let replicas: TestReplica[] = [];

  afterEach(async () => {
    await killReplicas(replicas);
    await database.drop();
  });

  it(
    'all come up on an empty database, which is migrated once',
    async () => {
      database = await createEmptyDatabase();
      replicas = await startReplicas(10, database.url, ['--pool-size', '3']);
      expect(await Promise.all(replicas.map((replica) => replica.readiness()))).toEqual(
        Array.from({ length: 10 }, () => 200),
      );
      const admin = new Client({ connectionString: database.url });
      await admin.connect();
      const { rows } = await admin.query<{ name: string }>('select name from schema_migration');
      await admin.end();
      expect(rows.map(({ name }) => name)).toEqual(MIGRATIONS.map(({ name }) => name));
    },
    START_MILLISECONDS,
  );

  it('migrate once, even those that begin at the very same time', async () => {
    database = await createEmptyDatabase();
    const migrations = Array.from({ length: 5 }, () => migrate(database.url));
    const counts = (await Promise.all(migrations)).map(({ applied }) => applied.length);
    expect(counts.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, MIGRATIONS.length]);
  });

  it('accept a SuperExec signature once among them', async () => {
    database = await createDatabase();
    const secret = randomBytes(32);
    const path = join(newFolder('secret'), 'secret');
    await writeFile(path, secret);
    replicas = await startReplicas(2, database.url, ['--superexec-auth-secret-file', path]);
    const clients = connectTo(replicas.map(({ addresses }) => addresses));
    const runId = await startRun(clients);
    const superExec = new SuperExecActor(clients, secret);
    expect(await outcomeOf(new SuperExecActor(clients).pending())).toBe('UNAUTHENTICATED');
    const task = (await superExec.pending()).find((each) => each.runId === runId)!;
    const request = { taskId: task.taskId };
    const headers = superExec.headers(ServerAppIoService.claimTask, request);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        outcomeOf(clients.call(ServerAppIoService.claimTask, request, headers)),
      ),
    );
    clients.close();
    expect(outcomes.toSorted()).toEqual([
      'OK',
      ...Array.from({ length: 19 }, () => 'UNAUTHENTICATED'),
    ]);
  });
});
