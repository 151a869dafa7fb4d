import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { freePorts } from '../../scripts/flower/ports.mjs';

/** A new folder that PostgreSQL's own user can pass through when the tests run as root. */
export function newFolder(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `superlink-${purpose}-`));
  chmodSync(folder, 0o755);
  return folder;
}

/** Builds the program as it is now into `folder`, without its checks; resolves with the path of main.js. */
export async function buildProgram(folder: string): Promise<string> {
  const tsc = resolve('node_modules/typescript/bin/tsc');
  const out = join(folder, 'dist');
  await promisify(execFile)(process.execPath, [
    ...[tsc, '-p', 'tsconfig.build.json', '--noCheck', '--sourceMap', 'false'],
    ...['--outDir', out],
  ]);
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  copyFileSync('package.json', join(folder, 'package.json'));
  return join(out, 'main.js');
}

/** One run of the program, in a process group of its own as a shell would start it. */
export class ProgramRun {
  readonly errors: string[] = [];
  readonly output: string[] = [];
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | null>;

  constructor(main: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment };
    const child = spawn(process.execPath, [main, ...args], {
      detached: true,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    createInterface({ input: child.stderr }).on('line', (line) => this.errors.push(line));
    createInterface({ input: child.stdout }).on('line', (line) => this.output.push(line));
    this.child = child;
    this.ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  }

  get id(): number {
    return this.child.pid!;
  }

  /** Waits until a line on the standard error matches. */
  async says(pattern: RegExp): Promise<string> {
    let found: string | undefined;
    await vi.waitFor(
      () => {
        found = this.errors.find((line) => pattern.test(line));
        const gone = this.child.exitCode === null ? '' : ' (it has ended)';
        if (found === undefined) throw new TypeError(`not said${gone}: ${this.errors.join('\n')}`);
      },
      { timeout: 40_000, interval: 50 },
    );
    return found!;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** What Ctrl-C does: the whole foreground group gets the signal. */
  pressCtrlC(): void {
    process.kill(-this.id, 'SIGINT');
  }

  /** Resolves with the exit code, null if a signal ended it. */
  async code(): Promise<number | null> {
    return this.ended;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** Ports of the APIs of one replica. */
export interface ProgramPorts {
  readonly fleet: number;
  readonly appIo: number;
  readonly control: number;
  readonly http: number;
}

export async function programPorts(): Promise<ProgramPorts> {
  const [fleet, appIo, control, http] = (await freePorts(4)) as [number, number, number, number];
  return { fleet, appIo, control, http };
}

/** The flags by which it listens there, on the loopback. */
export function listenOn({ fleet, appIo, control, http }: ProgramPorts): string[] {
  return [
    ...['--fleet-api-address', `127.0.0.1:${String(fleet)}`],
    ...['--serverappio-api-address', `127.0.0.1:${String(appIo)}`],
    ...['--control-api-address', `127.0.0.1:${String(control)}`],
    ...['--port', String(http)],
  ];
}

/** Ids of the processes that have logged this, of a program that logs JSON. */
export function processesThatSaid(message: string, { output }: ProgramRun): number[] {
  const lines = output.map((line) => JSON.parse(line) as { msg: string; pid: number });
  return [...new Set(lines.filter(({ msg }) => msg === message).map(({ pid }) => pid))];
}

/** Ids of the children of a process whose command line holds `name`. */
export function childrenOf(id: number, name: string): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === id && args.join(' ').includes(name))
    .map(([child]) => Number(child));
}
