import { Client } from 'pg';
import { inject } from 'vitest';

import { migrate, MigrationBlockedError } from '../../../src/database/migrate';
import { GrpcClients } from '../../support/grpc-client';
import { HttpClients } from '../../support/http-client';
import { makeNextRelease, NEXT_MIGRATION, type NextRelease } from '../../support/next-release';
import { NodeActor } from '../../support/node-actor';
import { createDatabase, createEmptyDatabase, type TestDatabase } from '../../support/postgres';
import {
  killReplicas,
  showLogsOfFailure,
  startReplicas,
  type TestReplica,
} from '../../support/replicas';
import type { RpcClients } from '../../support/rpc-clients';
import { ProgramRun } from '../../support/superlink-program';
import { startRun, TaskActor } from '../../support/task-actor';
import type { WriteLoad } from '../../support/write-load';
import { loadsOfMessages, loadsOfRuns } from '../../support/write-loads';

const WAITS_FOR_A_LOCK = `
  select count(*)::int as count from pg_locks
   where not granted and relation = 'run'::regclass and mode = 'AccessExclusiveLock'`;

async function opened(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

describe('a release with a newer schema', () => {
  let database: TestDatabase;
  let next: NextRelease;
  let replicas: TestReplica[];
  let clients: RpcClients[];
  let runs: WriteLoad<bigint>[];
  let messages: WriteLoad<string>[];
  const loads = () => [...runs, ...messages];
  const allWrite = () => Promise.all(loads().map((load) => load.next('kept')));
  const failures = () => loads().flatMap((load) => [...load.failures]);

  beforeAll(async () => {
    next = makeNextRelease(inject('superlinkProgram'));
    database = await createDatabase();
    replicas = await startReplicas(2, database.url);
    const addresses = replicas.map((replica) => replica.addresses);
    clients = [new GrpcClients(addresses), new HttpClients(addresses)];
    const app = await TaskActor.running(clients[0]!);
    const node = await NodeActor.online(clients[0]!);
    runs = loadsOfRuns(clients);
    messages = loadsOfMessages(clients, app, node);
    await allWrite();
  });
  afterEach(({ task }) => {
    showLogsOfFailure(task.result?.state === 'fail', replicas);
  });
  afterAll(async () => {
    await Promise.all(loads().map((load) => load.stop()));
    for (const each of clients) each.close();
    await killReplicas(replicas);
    await database.drop();
    next.remove();
  });

  it('migrates while the release before serves, and no call fails', async () => {
    const admin = await opened(database.url);
    await admin.query('begin');
    await admin.query('lock table run in row exclusive mode'); // as a long transaction does
    const migration = new ProgramRun(next.main, ['migrate', '--database', database.url]);
    const other = await opened(database.url);
    const waits = async () =>
      (await other.query<{ count: number }>(WAITS_FOR_A_LOCK)).rows[0]!.count === 1;
    await vi.waitUntil(waits, { timeout: 60_000, interval: 20 });
    // it gives way by itself, so that the calls behind it go on although the lock is still held
    await allWrite();
    await admin.query('commit');
    await Promise.all([admin.end(), other.end()]);
    expect(await migration.code()).toBe(0);
    expect(migration.errors.join('\n')).toContain(NEXT_MIGRATION);
    await allWrite();
    expect(failures()).toEqual([]);
  });

  it('serves beside the release before', async () => {
    const added = await startReplicas(1, database.url, [], next.main);
    replicas.push(...added);
    const wire = new GrpcClients(added.map(({ addresses }) => addresses));
    expect(await startRun(wire)).toBeGreaterThan(0n);
    wire.close();
    await allWrite();
    expect(failures()).toEqual([]);
  });

  it('can be rolled back: the release before starts on the newer schema', async () => {
    const [old] = await startReplicas(1, database.url);
    replicas.push(old!);
    const wire = new GrpcClients([old!.addresses]);
    expect(await startRun(wire)).toBeGreaterThan(0n);
    wire.close();
    expect(failures()).toEqual([]);
  });
});

describe('a release that takes away what releases before it use', () => {
  it('keeps them from starting, with a line that says why', async () => {
    const next = makeNextRelease(inject('superlinkProgram'), { contracts: true });
    const database = await createDatabase();
    const migration = new ProgramRun(next.main, ['migrate', '--database', database.url]);
    expect(await migration.code()).toBe(0);
    for (const args of [
      ['migrate'],
      ['--insecure', '--port', '0'],
      ['--insecure', '--no-migrate'],
    ]) {
      const old = new ProgramRun(inject('superlinkProgram'), [...args, '--database', database.url]);
      expect(await old.code()).toBe(1);
      expect(old.errors).toEqual([expect.stringContaining('newer schema than this program can')]);
    }
    await database.drop();
    next.remove();
  });
});

describe('migrations that find a table locked', () => {
  it('give up after their attempts, and have changed nothing', async () => {
    const database = await createEmptyDatabase();
    const admin = await opened(database.url);
    // the last of all migrations cannot make its table
    await admin.query('begin');
    await admin.query('create table schema_floor ()');
    await expect(migrate(database.url, { attempts: 2 })).rejects.toThrow(MigrationBlockedError);
    await admin.query('rollback');
    const { rows } = await admin.query(`select from pg_tables where schemaname = 'public'`);
    expect(rows).toEqual([]);
    expect((await migrate(database.url)).applied).not.toEqual([]);
    await admin.end();
    await database.drop();
  });
});
