import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { connect } from 'node:tls';

import { freePorts } from '../../scripts/flower/ports.mjs';
import { hasEndedWithin, isRunning } from '../../src/program/running-process';
import {
  buildProgram,
  childrenOf,
  listenOn,
  newFolder,
  type ProgramPorts,
  programPorts,
  ProgramRun,
} from '../support/superlink-program';

const CERTIFICATE = resolve('test/fixtures/tls/localhost-certificate.pem');
const KEY = resolve('test/fixtures/tls/localhost-key.pem');
const TLS = ['--ssl-certfile', CERTIFICATE, '--ssl-keyfile', KEY, '--ssl-ca-certfile', CERTIFICATE];

const UNREACHABLE = 'postgres://u:hunter2@127.0.0.1:1/d';

let built: string;
let main: string;
let folder: string;
let runs: ProgramRun[];

beforeAll(async () => {
  built = newFolder('build');
  main = await buildProgram(built);
});
afterAll(() => rmSync(built, { recursive: true }));

beforeEach(() => {
  folder = newFolder('program');
  runs = [];
});
afterEach(async () => {
  await Promise.all(runs.map((run) => run.kill()));
  const postgres = postmasterId();
  if (postgres !== undefined) expect(await hasEndedWithin(postgres, 20)).toBe(true);
  rmSync(folder, { recursive: true });
});

function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}): ProgramRun {
  const program = new ProgramRun(main, args, environment);
  runs.push(program);
  return program;
}

/** For what each of two replicas opens for itself. */
async function twoPortsInARow(): Promise<[number, number]> {
  for (;;) {
    const [first] = (await freePorts(1)) as [number];
    const second = createServer().listen(first + 1, '127.0.0.1');
    const isFree = await once(second, 'listening').then(
      () => true,
      () => false,
    );
    second.close();
    if (isFree) return [first, first + 1];
  }
}

/** Where it listens, and keeps its data. */
function placesOf(ports: ProgramPorts): string[] {
  return [...listenOn(ports), '--data-directory', folder];
}

function postmasterId(): number | undefined {
  const file = join(folder, 'postgres', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
}

async function readiness(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${String(port)}/health/ready`, {
    headers: { connection: 'close' },
  });
  return answer.status;
}

/** The same where the port has TLS. */
async function secureReadiness(port: number): Promise<number | undefined> {
  const ca = readFileSync(CERTIFICATE);
  const probe = get({ host: 'localhost', port, path: '/health/ready', ca, agent: false });
  const [answer] = (await once(probe, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

/** The protocol that the server chooses in a TLS handshake which trusts only our certificate. */
async function handshake(port: number): Promise<string | false | null> {
  const socket = connect({
    host: 'localhost',
    port,
    ca: readFileSync(CERTIFICATE),
    ALPNProtocols: ['h2'],
  });
  try {
    await new Promise((done, fail) => socket.once('secureConnect', done).once('error', fail));
    return socket.alpnProtocol;
  } finally {
    socket.destroy();
  }
}

describe('superlink', () => {
  it('serves without a database being named, ends cleanly, and starts again on its data', async () => {
    const own = await programPorts();
    for (const round of ['first', 'second']) {
      const program = run(['--insecure', ...placesOf(own)]);
      await program.says(/Serving/);
      expect(await readiness(own.http), round).toBe(200);
      const postgres = postmasterId()!;
      program.signal('SIGTERM');
      expect(await program.code(), round).toBe(0);
      expect(isRunning(postgres), round).toBe(false);
    }
  });

  it('runs replicas on the same ports with TLS, replaces a lost one, and drains all at Ctrl-C', async () => {
    const own = await programPorts();
    const metrics = await twoPortsInARow();
    const program = run([
      ...[...TLS, ...placesOf(own), '--replicas', '2', '--log-format', 'json'],
      ...['--metrics-address', `127.0.0.1:${String(metrics[0])}`],
    ]);
    await program.says(/Serving/);
    const before = childrenOf(program.id, 'replica-process');
    expect(before).toHaveLength(2);
    process.kill(before[0]!, 'SIGKILL');
    await program.says(/Replica \d was lost \(SIGKILL\)/);
    expect(await secureReadiness(own.http)).toBe(200);
    await program.says(/Replica \d serves again/);
    const after = childrenOf(program.id, 'replica-process');
    expect(after).toHaveLength(2);
    expect(after).not.toContain(before[0]);
    for (const port of metrics) {
      const scraped = await (await fetch(`http://127.0.0.1:${String(port)}/metrics`)).text();
      expect(scraped).toContain('superlink_build_info');
    }
    for (const port of [own.fleet, own.control, own.fleet, own.control]) {
      expect(await handshake(port)).toBe('h2');
    }
    program.pressCtrlC();
    expect(await program.code()).toBe(0);
    for (const id of after) expect(isRunning(id)).toBe(false);
    const stopped = program.output
      .map((line) => JSON.parse(line) as { msg: string })
      .filter(({ msg }) => msg === 'stopped');
    expect(stopped).toHaveLength(2);
  });

  it('gives replicas their orders however long Node takes to start them', async () => {
    const args = ['--insecure', ...placesOf(await programPorts()), '--replicas', '2'];
    // what is imported first makes the start of a process asynchronous
    const program = run(args, { NODE_OPTIONS: '--import data:text/javascript,' });
    await program.says(/Serving/);
    program.signal('SIGTERM');
    expect(await program.code()).toBe(0);
  });

  it('drains replicas to their end although systemd and the supervisor both tell them to', async () => {
    const args = ['--insecure', ...placesOf(await programPorts()), '--replicas', '2'];
    const program = run(args);
    await program.says(/Serving/);
    process.kill(-program.id, 'SIGTERM');
    expect(await program.code()).toBe(0);
  });

  it('takes its replicas with it when it is killed', async () => {
    const own = await programPorts();
    const program = run(['--insecure', ...placesOf(own), '--replicas', '2']);
    await program.says(/Serving/);
    const replicas = childrenOf(program.id, 'replica-process');
    await program.kill();
    for (const id of replicas) expect(await hasEndedWithin(id, 20)).toBe(true);
  });

  it('names the flag of a busy port, in one line', async () => {
    const own = await programPorts();
    const other = createServer().listen(own.control, '127.0.0.1');
    const program = run(['--insecure', ...placesOf(own)]);
    expect(await program.code()).toBe(1);
    other.close();
    expect(program.errors).toEqual([
      `superlink: 127.0.0.1:${String(own.control)} is in use already. ` +
        'Stop the program that has it, or choose another with --control-api-address.',
    ]);
  });

  it.each(['1', '2'])('says in one line that %s replicas cannot write their log', async (count) => {
    const file = join(folder, 'postgres', 'PG_VERSION', 'superlink.log');
    const places = placesOf(await programPorts());
    const program = run(['--insecure', ...places, '--replicas', count, '--log-file', file]);
    expect(await program.code()).toBe(1);
    const own = program.errors.filter((line) => !line.includes('embedded PostgreSQL'));
    expect(own).toEqual([expect.stringContaining('superlink: --log-file cannot be written (E')]);
  });

  it.each([
    [[], 2, 'TLS is on by default'],
    [['--insecure', '--replicas', 'many'], 2, '--replicas must be a whole number from 1 to 64.'],
    [['--insecure', '--executor', 'x'], 2, '--executor was removed by Flower'],
    [
      ['migrate', '--database', UNREACHABLE, '--database-wait-seconds', '0'],
      1,
      'cannot be reached',
    ],
    [['--insecure', '--database', UNREACHABLE, '--database-wait-seconds', '0'], 1, 'cannot be'],
  ])('ends %j with code %i and one line', async (args, code, line) => {
    const program = run(args);
    expect(await program.code()).toBe(code);
    expect(program.errors).toHaveLength(1);
    expect(program.errors[0]).toContain(line);
    expect(program.errors[0]).not.toContain('hunter2');
  });

  it('migrates, and then has nothing more to do', async () => {
    const first = run(['migrate', '--data-directory', folder]);
    expect(await first.code()).toBe(0);
    expect(first.errors.at(-1)).toContain('Applied ');
    const second = run(['migrate', '--data-directory', folder]);
    expect(await second.code()).toBe(0);
    expect(second.errors.at(-1)).toContain('The schema is up to date.');
  });
});
