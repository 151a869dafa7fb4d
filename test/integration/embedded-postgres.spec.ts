import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { Client } from 'pg';

import { type EmbeddedPostgres, openEmbeddedPostgres } from '../../src/program/embedded-postgres';
import { hasEndedWithin } from '../../src/program/running-process';

const VITE_NODE = resolve('node_modules/vite-node/vite-node.mjs');
const FIXTURE = resolve('test/integration/embedded-postgres.fixture.ts');

let directory: string;
let opened: EmbeddedPostgres[];
let children: ChildProcess[];
let lines: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'superlink-embedded-'));
  chmodSync(directory, 0o755); // as root, PostgreSQL's own user passes through it
  opened = [];
  children = [];
  lines = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(opened.map((database) => database.stop()));
  const id = postmasterId();
  if (id !== undefined) expect(await hasEndedWithin(id, 20)).toBe(true);
  rmSync(directory, { recursive: true, force: true });
});

async function open(): Promise<EmbeddedPostgres> {
  const database = await openEmbeddedPostgres({
    dataDirectory: directory,
    maxConnections: 20,
    onLine: (line) => lines.push(line),
  });
  opened.push(database);
  return database;
}

/** Another process with the database open: resolves with its URL. */
async function openElsewhere(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [VITE_NODE, FIXTURE, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, url };
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

function postmasterId(): number | undefined {
  const file = join(directory, 'postgres', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
}

const FILL = `create table kept as select 'here' as word`;
const READ = 'select word from kept';

describe('the embedded PostgreSQL', () => {
  it('keeps its data over a clean restart', async () => {
    const first = await open();
    await query(first.url, FILL);
    await first.stop();
    expect(postmasterId()).toBeUndefined();
    const second = await open();
    expect(await query(second.url, READ)).toEqual([{ word: 'here' }]);
  });

  it('ends by itself when superlink is killed, and has the data at the next start', async () => {
    const { child, url } = await openElsewhere();
    await query(url, FILL);
    const postmaster = postmasterId()!;
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await hasEndedWithin(postmaster, 20)).toBe(true);
    const next = await open();
    expect(await query(next.url, READ)).toEqual([{ word: 'here' }]);
  });

  it('is started again on the same port after it was killed itself', async () => {
    const database = await open();
    await query(database.url, FILL);
    const killed = postmasterId()!;
    process.kill(killed, 'SIGKILL');
    await vi.waitFor(
      async () => expect(await query(database.url, READ)).toEqual([{ word: 'here' }]),
      { timeout: 30_000, interval: 100 },
    );
    expect(postmasterId()).not.toBe(killed);
  });

  it('starts although a pid file names a process that is not its own', async () => {
    const first = await open();
    await query(first.url, FILL);
    await first.stop();
    const file = join(directory, 'postgres', 'postmaster.pid');
    writeFileSync(file, `${String(process.pid)}\n${directory}\n0\n5432\n\n127.0.0.1\n1 1\nready\n`);
    const second = await open();
    expect(await query(second.url, READ)).toEqual([{ word: 'here' }]);
  });

  it('refuses a directory that another superlink uses', async () => {
    const { child } = await openElsewhere();
    await expect(open()).rejects.toThrow(
      `Another superlink (process ${String(child.pid)}) uses ${directory}. Stop it`,
    );
  });

  it('keeps the password to its owner and asks for it', async () => {
    const { url } = await open();
    expect(statSync(join(directory, 'password')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(directory, 'postgres.password'))).toBe(false);
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'select')).rejects.toMatchObject({ code: '28P01' });
  });

  it('makes the cluster anew when the first set-up was interrupted', async () => {
    const { stop } = await open();
    await stop();
    rmSync(join(directory, 'postgres'), { recursive: true });
    writeFileSync(join(directory, 'postgres.new'), 'half made');
    const { url } = await open();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says so when the data belongs to another PostgreSQL', async () => {
    const { stop } = await open();
    await stop();
    writeFileSync(join(directory, 'postgres', 'PG_VERSION'), '12\n');
    await expect(open()).rejects.toThrow('is of PostgreSQL 12, the installed one is 18');
  });

  it('says why PostgreSQL did not start, and leaves the directory free', async () => {
    const { stop } = await open();
    await stop();
    const file = join(directory, 'postgres', 'postgresql.conf');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, 'no_such_setting = 1\n');
    await expect(open()).rejects.toThrow('The embedded PostgreSQL did not start: ');
    writeFileSync(file, good);
    await expect(open()).resolves.toBeDefined();
  });

  it('listens on this machine only', async () => {
    const { url } = await open();
    const port = Number(new URL(url).port);
    // taken on 127.0.0.1, free on another address of this machine
    const other = createServer();
    other.listen(port, '127.0.0.2');
    await once(other, 'listening');
    other.close();
  });
});
