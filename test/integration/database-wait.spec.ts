import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

import { credentials } from '@grpc/grpc-js';
import { Client } from 'pg';
import { inject } from 'vitest';

import { freePorts } from '../../scripts/flower/ports.mjs';
import {
  HealthCheckResponse_ServingStatus,
  HealthClient,
} from '../../src/generated/grpc/health/v1/health';
import { giveTo, PostgresHome } from '../support/postgres-home';
import { PostgresInstance } from '../support/postgres-instance';
import { ProgramRun } from '../support/superlink-program';

const NOT_SERVING =
  HealthCheckResponse_ServingStatus[HealthCheckResponse_ServingStatus.NOT_SERVING];
/** Several starts in a row, on machines that may do much else. */
const TEST_MILLISECONDS = 180_000;
const MOST_CONNECTIONS = 8;
const SETTINGS = [`max_connections=${MOST_CONNECTIONS}`, 'superuser_reserved_connections=0'];

describe('a start without a database to go to', { timeout: TEST_MILLISECONDS }, () => {
  let home: PostgresHome;
  let postgres: PostgresInstance;
  let program: ProgramRun;
  let http: number;
  let health: number;

  beforeAll(async () => {
    home = await PostgresHome.create();
    postgres = await PostgresInstance.start(home, await home.initialise('data'), SETTINGS);
    await postgres.stop();
  });
  afterEach(async () => {
    await program.kill();
    await postgres.stop();
  });
  afterAll(async () => {
    await home.remove();
  });

  /** Begins the program, with its probes on `http` and `health`. */
  async function start(url: string, ...flags: readonly string[]): Promise<void> {
    const ports = (await freePorts(5)) as [number, number, number, number, number];
    const [fleet, appIo, control] = ports.map((port) => `127.0.0.1:${port}`) as [
      string,
      string,
      string,
    ];
    [, , , http, health] = ports;
    const own = [
      ...['--fleet-api-address', fleet, '--serverappio-api-address', appIo],
      ...['--control-api-address', control, '--health-server-address', `127.0.0.1:${health}`],
    ];
    program = new ProgramRun(inject('superlinkProgram'), [
      ...['--insecure', '--database', url, '--pool-size', '2', '--port', String(http)],
      ...(flags.includes('--single-port') ? [] : own),
      ...flags,
    ]);
  }

  async function probe(path: string): Promise<number> {
    const url = `http://127.0.0.1:${http}${path}`;
    return (await fetch(url, { headers: { connection: 'close' } })).status;
  }

  async function probes(): Promise<unknown> {
    const paths = ['/health/live', '/health/ready', '/health/startup', '/health'];
    const statuses = await Promise.all(paths.map(probe));
    return { statuses, grpc: await grpcHealth() };
  }

  async function grpcHealth(): Promise<string> {
    const client = new HealthClient(`127.0.0.1:${health}`, credentials.createInsecure());
    try {
      return await new Promise((resolve, reject) => {
        client.check({ service: '' }, (error, answer) => {
          if (error === null) resolve(HealthCheckResponse_ServingStatus[answer.status]);
          else reject(error);
        });
      });
    } finally {
      client.close();
    }
  }

  const WAITS = { statuses: [200, 503, 503, 503], grpc: NOT_SERVING };
  const SERVES = { statuses: [200, 200, 200, 200], grpc: 'SERVING' };

  it.each([1, 2])('waits for it, tells probes so, and then %i replicas serve', async (replicas) => {
    await start(postgres.url, '--replicas', String(replicas));
    const line = await program.says(/Waiting for the database/);
    expect(line).toContain('of 60 s). The database cannot be reached (connect ECONNREFUSED');
    expect(line).toContain('Check --database and that PostgreSQL is running.');
    expect(await probes()).toEqual(WAITS);
    await postgres.start(SETTINGS);
    await program.says(/Serving/);
    await vi.waitFor(async () => expect(await probes()).toEqual(SERVES), 20_000);
    program.signal('SIGTERM');
    expect(await program.code()).toBe(0);
  });

  it('waits for nobody who connects and says nothing', async () => {
    await start(postgres.url, '--single-port');
    await program.says(/Waiting for the database/);
    const silent = connect(http, '127.0.0.1');
    await once(silent, 'connect');
    const cut = once(silent.resume(), 'close');
    await postgres.start(SETTINGS);
    await program.says(/Serving/);
    await cut;
  });

  it('asks clients who come already to come again', async () => {
    await start(postgres.url);
    await program.says(/Waiting for the database/);
    const answer = await fetch(`http://127.0.0.1:${http}/v1/fleet/pull-messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/protobuf' },
      body: Buffer.alloc(10),
    });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  });

  it.each([
    ['refuses connections', () => Promise.resolve(postgres.url)],
    ['accepts them and says nothing', silentDatabase],
  ])('ends at once at SIGTERM while the database %s', async (_, urlOf) => {
    await start(await urlOf());
    await vi.waitFor(async () => expect(await probe('/health/live')).toBe(200), 20_000);
    const asked = performance.now();
    program.signal('SIGTERM');
    expect(await program.code()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(2_000); // a connection alone is waited for longer
    for (const line of program.errors) expect(line).toContain('Waiting for the database');
  });

  it('gives up when the time that it was given is over', async () => {
    await start(postgres.url, '--database-wait-seconds', '1');
    expect(await program.code()).toBe(1);
    expect(program.errors).toHaveLength(2);
    expect(program.errors[1]).toContain('The database cannot be reached');
  });

  describe('but one that answers', () => {
    beforeEach(async () => {
      await postgres.start(SETTINGS);
    });

    it('is waited for until it has a free connection', async () => {
      const taken = await Promise.all(
        Array.from({ length: MOST_CONNECTIONS }, async () => {
          const client = new Client({ connectionString: postgres.url });
          await client.connect();
          return client;
        }),
      );
      await start(postgres.url);
      expect(await program.says(/Waiting/)).toContain('The database has no free connection.');
      expect(await probes()).toEqual(WAITS);
      await Promise.all(taken.map((client) => client.end()));
      await program.says(/Serving/);
      await vi.waitFor(async () => expect(await probes()).toEqual(SERVES), 20_000);
    });

    it('is not waited for if it refuses the password, has no such database or is too new', async () => {
      const wrong = new URL(postgres.url);
      wrong.password = 'hunter2';
      const elsewhere = new URL(postgres.url);
      elsewhere.pathname = '/nowhere';
      await postgres.query(`create database newer`);
      const newer = new URL(postgres.url);
      newer.pathname = '/newer';
      const client = new Client({ connectionString: newer.href });
      await client.connect();
      await client.query(`create table schema_migration (id serial, timestamp bigint, name text);
        insert into schema_migration (timestamp, name) values (1, 'Later1')`);
      await client.end();
      for (const [url, words] of [
        [wrong.href, 'The database refused the user or password'],
        [elsewhere.href, 'The database named in --database does not exist.'],
        [newer.href, 'The database has a newer schema than this program can serve (Later1).'],
      ] as const) {
        await start(url);
        expect(await program.code()).toBe(1);
        expect(program.errors).toEqual([expect.stringContaining(words)]);
        expect(program.errors[0]).not.toContain('hunter2');
      }
    });
  });

  it('waits for a standby to become a primary', async () => {
    const data = await home.copy(postgres.data, 'standby');
    const signal = join(data, 'standby.signal');
    await writeFile(signal, '');
    await giveTo(home.owner, signal);
    const standby = await PostgresInstance.start(home, data, SETTINGS);
    await start(standby.url);
    expect(await program.says(/Waiting/)).toContain('read-only standby');
    await standby.query('select pg_promote()');
    await program.says(/Serving/);
    await program.kill();
    await standby.stop();
  });

  it('migrates as soon as there is one', async () => {
    const data = await home.initialise('empty');
    const empty = await PostgresInstance.start(home, data, SETTINGS);
    await empty.stop();
    program = new ProgramRun(inject('superlinkProgram'), ['migrate', '--database', empty.url]);
    await program.says(/Waiting for the database/);
    await empty.start(SETTINGS);
    expect(await program.code()).toBe(0);
    expect(program.errors.at(-1)).toContain('Applied ');
    await empty.stop();
  });

  /** A port where nobody answers, as behind a firewall that drops packets. */
  async function silentDatabase(): Promise<string> {
    const sockets: Socket[] = [];
    const server: Server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const { port } = server.address() as { port: number };
    return `postgres://u:p@127.0.0.1:${port}/d`;
  }
});
