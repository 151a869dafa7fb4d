import cluster from 'node:cluster';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ReplicaConfig } from '../config/config';
import type { Running } from './run-replica';
import { StartFailure } from './start-failure';
import { superviseReplicas } from './supervisor';

const { execPath } = process;
const NO_PROGRAM = '/nowhere/node';
const NEVER = new AbortController().signal;
const CONFIG = { replicas: 1, listen: {}, log: {}, drainSeconds: 1 } as unknown as ReplicaConfig;

/** Serves as soon as it has its order. */
const REPLICA = `
process.on('SIGTERM', () => process.exit(0));
process.on('message', () => process.send({ state: 'ready' }));
process.send({ state: 'idle' });`;

describe('the supervisor of replicas', () => {
  let folder: string;
  let program: string;
  let said: string[];
  let running: Running | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'superlink-supervisor-'));
    program = join(folder, 'replica.js');
    writeFileSync(program, REPLICA);
    said = [];
    running = undefined;
  });
  afterEach(async () => {
    process.execPath = execPath;
    await running?.stop();
    rmSync(folder, { recursive: true });
  });

  const supervise = async (): Promise<Running> =>
    superviseReplicas(CONFIG, (line) => said.push(line), NEVER, program);
  const says = async (pattern: RegExp): Promise<void> =>
    vi.waitFor(() => expect(said.join('\n')).toMatch(pattern), 10_000);

  it('ends the start with the reason where no process can be made', async () => {
    process.execPath = NO_PROGRAM;
    const start = supervise();
    await expect(start).rejects.toThrow(StartFailure);
    await expect(start).rejects.toThrow(/^its process could not be made \(.*ENOENT\)/);
  });

  it('outlives a lost replica whose process cannot be made again, and tries later', async () => {
    running = await supervise();
    process.execPath = NO_PROGRAM;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL');
    await says(/cannot start: its process could not be made/);
    process.execPath = execPath;
    await says(/Replica 1 serves again/);
    expect(await running.stop()).toBe(0);
  });
});
