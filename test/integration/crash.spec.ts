import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { inject } from 'vitest';

import { isRunning } from '../../src/program/running-process';
import { createDatabase, type TestDatabase } from '../support/postgres';
import {
  listenOn,
  newFolder,
  processesThatSaid,
  programPorts,
  ProgramRun,
} from '../support/superlink-program';

const FAIL_AT_SIGNAL = resolve('test/fixtures/program/fail-at-signal.cjs');
const SUPEREXEC_SECRET = 'what only SuperExec knows';
const SOON = { timeout: 20_000, interval: 50 };

describe.each([
  ['an exception that nobody catches', 'SIGUSR2', /^TypeError: thrown by a test/],
  ['a rejection that nobody handles', 'SIGHUP', /^TypeError: rejected by a test/],
] as const)('%s', (_, signal, why) => {
  let database: TestDatabase;
  let folder: string;
  let program: ProgramRun;
  let http: number;

  beforeEach(async () => {
    database = await createDatabase();
    folder = newFolder('crash');
  });
  afterEach(async () => {
    await program.kill();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  async function serve(...flags: readonly string[]): Promise<void> {
    const ports = await programPorts();
    ({ http } = ports);
    const secretFile = join(folder, 'secret');
    writeFileSync(secretFile, SUPEREXEC_SECRET);
    const args = [
      ...['--insecure', '--database', database.url, ...listenOn(ports)],
      ...['--superexec-auth-secret-file', secretFile],
      ...['--log-format', 'json', '--log-level', 'debug', ...flags],
    ];
    const environment = { NODE_OPTIONS: `--require ${FAIL_AT_SIGNAL}` };
    program = new ProgramRun(inject('superlinkProgram'), args, environment);
    await program.says(/Serving/);
  }

  /** One call, on a connection of its own; its status. */
  async function call(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${String(http)}/v1/control/list-federations`, {
      method: 'POST',
      headers: { 'content-type': 'application/protobuf', connection: 'close' },
    });
    return answer.status;
  }

  function expectNoSecretSaid(): void {
    const said = [...program.errors, ...program.output].join('\n');
    expect(said).not.toContain(SUPEREXEC_SECRET);
    expect(said).not.toContain(new URL(database.url).password);
  }

  it('ends a replica with a code that says so, and why without a secret', async () => {
    await serve();
    expect(await call()).toBe(200);
    program.signal(signal);
    expect(await program.code()).toBe(1);
    expect(program.errors).toContainEqual(expect.stringMatching(why));
    expectNoSecretSaid();
  });

  it('has the supervisor of several put a clean one in its place, and leave the others alone', async () => {
    await serve('--replicas', '2');
    const serving = (): number[] => processesThatSaid('serving', program);
    await expect.poll(serving, SOON).toHaveLength(2);
    const [failing, other] = serving() as [number, number];
    process.kill(failing, signal);
    await program.says(why);
    await program.says(/^superlink: Replica [12] was lost \(exit code 1\)/);
    await program.says(/^superlink: Replica [12] serves again/);
    const statuses = new Set<number>();
    const answering = async (): Promise<number[]> => {
      statuses.add(await call());
      return processesThatSaid('rpc', program);
    };
    await expect.poll(answering, SOON).toHaveLength(2);
    expect(processesThatSaid('rpc', program)).toContain(other);
    expect(processesThatSaid('rpc', program)).not.toContain(failing);
    expect(statuses).toEqual(new Set([200]));
    expect(isRunning(failing)).toBe(false);
    expectNoSecretSaid();
    program.signal('SIGTERM');
    expect(await program.code()).toBe(0);
  });
});
