import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { inject } from 'vitest';

import { freePorts } from '../../scripts/flower/ports.mjs';
import { isRunning } from '../../src/program/running-process';
import { createDatabase, type TestDatabase } from '../support/postgres';
import { processesThatSaid, ProgramRun } from '../support/superlink-program';

const HANG_AT_SIGNAL = resolve('test/fixtures/program/hang-at-signal.cjs');
const LAST_WORDS = /the event loop has not turned for 2 s/;

describe('the watchdog', () => {
  let database: TestDatabase;
  let program: ProgramRun;
  let http: number;

  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(async () => {
    await program.kill();
    await database.drop();
  });

  async function serve(...flags: readonly string[]): Promise<void> {
    const [fleet, appIo, control, port] = (await freePorts(4)) as [number, number, number, number];
    http = port;
    const args = [
      ...['--insecure', '--database', database.url, '--port', String(port)],
      ...['--fleet-api-address', `127.0.0.1:${fleet}`],
      ...['--serverappio-api-address', `127.0.0.1:${appIo}`],
      ...['--control-api-address', `127.0.0.1:${control}`],
      ...flags,
    ];
    const environment = { NODE_OPTIONS: `--require ${HANG_AT_SIGNAL}` };
    program = new ProgramRun(inject('superlinkProgram'), args, environment);
    await program.says(/Serving/);
  }

  async function readiness(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${http}/health/ready`, {
      headers: { connection: 'close' },
    });
    return answer.status;
  }

  it('ends a replica whose event loop hangs, with a word why', async () => {
    await serve('--watchdog-seconds', '2');
    program.signal('SIGUSR2');
    expect(await program.code()).toBeNull(); // a signal: SIGKILL
    expect(program.errors.filter((line) => LAST_WORDS.test(line))).toEqual([
      'superlink: the event loop has not turned for 2 s. Ending the process.',
    ]);
  });

  it('has one of several replicas started again, and leaves the others alone', async () => {
    await serve('--watchdog-seconds', '2', '--replicas', '2', '--log-format', 'json');
    const replicas = processesThatSaid('serving', program);
    expect(replicas).toHaveLength(2);
    const [hanging, other] = replicas as [number, number];
    process.kill(hanging, 'SIGUSR2');
    expect(await program.says(LAST_WORDS)).toMatch(/^superlink: replica [12]: /);
    await program.says(/^superlink: Replica [12] was lost \(SIGKILL\)/);
    await program.says(/^superlink: Replica [12] serves again/);
    expect(isRunning(other)).toBe(true);
    expect(await readiness()).toBe(200);
    program.signal('SIGTERM');
    expect(await program.code()).toBe(0);
  });

  it('takes no pause of the whole process for a hang', async () => {
    await serve('--watchdog-seconds', '2');
    program.signal('SIGSTOP');
    await pause(5_000); // the pause is what is tested
    program.signal('SIGCONT');
    expect(await readiness()).toBe(200);
    await pause(2_500); // as long as it would take to notice
    expect(await readiness()).toBe(200);
    expect(program.errors.filter((line) => LAST_WORDS.test(line))).toEqual([]);
  });

  it('can be switched off', async () => {
    await serve('--watchdog-seconds', '0');
    program.signal('SIGUSR2');
    await pause(3_000);
    expect(isRunning(program.id)).toBe(true);
  });
});
