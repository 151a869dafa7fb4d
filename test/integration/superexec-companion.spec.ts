import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { inject } from 'vitest';

import { isRunning } from '../../src/program/running-process';
import { createDatabase, type TestDatabase } from '../support/postgres';
import {
  childrenOf,
  listenOn,
  newFolder,
  programPorts,
  ProgramRun,
} from '../support/superlink-program';

const SOON = { timeout: 20_000, interval: 50 };
const WITHOUT_FLOWER = '/usr/sbin:/usr/bin:/sbin:/bin';

describe('superlink --isolation subprocess', () => {
  const folder = newFolder('companion');
  const runs: ProgramRun[] = [];
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(async () => {
    await Promise.all(runs.map((run) => run.kill()));
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  /** The PATH with a `flower-superexec` that is this script. */
  function pathWith(script: string): string {
    const bin = mkdtempSync(join(folder, 'bin-'));
    const program = join(bin, 'flower-superexec');
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
    return `${bin}:${process.env['PATH'] ?? ''}`;
  }

  async function start(path: string) {
    const ports = await programPorts();
    const own = ['--insecure', '--database', database.url, '--isolation', 'subprocess'];
    const args = [...own, ...listenOn(ports)];
    const program = new ProgramRun(inject('superlinkProgram'), args, { PATH: path });
    runs.push(program);
    return { program, ...ports };
  }

  async function child(program: ProgramRun, name: string): Promise<number> {
    return vi.waitUntil(() => childrenOf(program.id, name)[0], SOON);
  }

  it('keeps a SuperExec beside it, started as the SuperLink of its release starts it', async () => {
    const [seen, release] = [join(folder, 'arguments'), join(folder, 'release')];
    writeFileSync(release, 'Flower version: 1.33.0\n');
    const { program, appIo, http } = await start(
      pathWith(`[ "$1" = --version ] && exec cat ${release}\necho "$@" >> ${seen}\nexec sleep 600`),
    );
    await program.says(/Serving/);
    const first = await child(program, 'sleep 600');
    const rest = `--parent-pid ${String(program.id)} --allow-runtime-dependency-installation\n`;
    const old = `--insecure --appio-api-address 127.0.0.1:${String(appIo)} --plugin-type serverapp ${rest}`;
    expect(readFileSync(seen, 'utf8')).toBe(old);

    writeFileSync(release, 'Flower version: 1.42.0\n'); // somebody upgrades it meanwhile
    process.kill(first, 'SIGKILL');
    await program.says(/The SuperExec has ended \(SIGKILL\)/);
    const second = await child(program, 'sleep 600');
    const newer = `--insecure --runtime-api-address 127.0.0.1:${String(http)} ${rest}`;
    expect(readFileSync(seen, 'utf8')).toBe(old + newer);
    program.signal('SIGTERM');
    expect(await program.code()).toBe(0);
    expect(isRunning(second)).toBe(false);
  });

  it('drains at Ctrl-C though its SuperExec has not told its release yet', async () => {
    const { program } = await start(pathWith('exec sleep 601'));
    await program.says(/Serving/);
    const asked = await child(program, 'sleep 601');
    process.kill(-program.id, 'SIGINT');
    expect(await program.code()).toBe(0);
    expect(isRunning(asked)).toBe(false);
  });

  it('serves on and tries again when the SuperExec cannot tell its release', async () => {
    const { program } = await start(pathWith('echo broken >&2; exit 3'));
    await program.says(/Serving/);
    await program.says(/The SuperExec has ended \(exit code 3\); starting it again/);
    program.signal('SIGTERM');
    expect(await program.code()).toBe(0);
  });

  it('says that there is no SuperExec on the PATH, and ends', async () => {
    const { program } = await start(WITHOUT_FLOWER);
    expect(await program.code()).toBe(1);
    expect(program.errors.at(-1)).toContain('needs flower-superexec on the PATH');
  });
});
