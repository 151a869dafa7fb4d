import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

import { formatAddress, localAddress } from '../config/address';
import type { Config } from '../config/config';
import { environmentOfOthers } from '../config/environment-of-others';
import { Backoff, waited } from './backoff';
import { StartFailure } from './start-failure';

const PROGRAM = 'flower-superexec';
const STOP_SECONDS = 5;
/** Python takes seconds to start on a busy machine. */
const VERSION_MILLISECONDS = 60_000;
/** Of Flower 1.N: its SuperExec speaks HTTP from the one on, and says so in the name of its flag from the other on. */
const HTTP_SINCE = 35;
const RUNTIME_ADDRESS_SINCE = 36;

/** Flower's SuperExec as our child, started again when it dies. */
export interface SuperExecCompanion {
  stop(): Promise<void>;
}

/** The arguments that Flower's own SuperLink gives it, too; `release` is N of Flower 1.N. */
export function superExecArguments(config: Config, parentId: number, release: number): string[] {
  const { api, appIo } = config.tls;
  const { serverAppIo = config.listen.http } = config.listen;
  const [address, tls] =
    release < HTTP_SINCE ? [serverAppIo, appIo] : ([config.listen.http, api] as const);
  const flag = release < RUNTIME_ADDRESS_SINCE ? '--appio-api-address' : '--runtime-api-address';
  const roots = tls?.caFile === undefined ? [] : ['--root-certificates', tls.caFile];
  return [
    ...(tls === undefined ? ['--insecure'] : roots),
    ...[flag, formatAddress(localAddress(address))],
    ...['--plugin-type', 'serverapp'],
    ...['--parent-pid', String(parentId)],
    ...(config.runtimeDependencyInstallation ? ['--allow-runtime-dependency-installation'] : []),
  ];
}

/** N of the Flower 1.N that says `version` of itself; infinite for what no release says yet. */
export function releaseOf(version: string): number {
  const minor = /\b1\.(\d+)\./.exec(version)?.[1];
  return minor === undefined ? Infinity : Number(minor);
}

/** Starts the SuperExec found on the PATH against this process. Throws StartFailure without one. */
export async function startSuperExec(
  config: Config,
  say: (line: string) => void,
): Promise<SuperExecCompanion> {
  const args = superExecArguments(config, process.pid, await installedRelease());
  return new SuperExecKeeper(args, await launch(args), say);
}

class SuperExecKeeper implements SuperExecCompanion {
  private readonly stopping = new AbortController();
  private readonly backoff = new Backoff();
  private readonly kept: Promise<void>;

  constructor(
    private readonly args: readonly string[],
    private child: ChildProcess,
    private readonly say: (line: string) => void,
  ) {
    this.kept = this.keep();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.child.kill('SIGTERM');
    const forced = setTimeout(() => this.child.kill('SIGKILL'), STOP_SECONDS * 1_000);
    await this.kept;
    clearTimeout(forced);
  }

  private async keep(): Promise<void> {
    for (;;) {
      await ended(this.child);
      if (this.stopping.signal.aborted) return;
      await this.replace();
    }
  }

  private async replace(): Promise<void> {
    const seconds = this.backoff.lost();
    const how = this.child.signalCode ?? `exit code ${String(this.child.exitCode)}`;
    this.say(`The SuperExec has ended (${how}); starting it again in ${String(seconds)} s.`);
    if (!(await waited(seconds, this.stopping.signal))) return;
    try {
      this.child = await launch(this.args);
      this.backoff.started();
      if (this.stopping.signal.aborted) this.child.kill('SIGTERM');
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
    }
  }
}

async function installedRelease(): Promise<number> {
  const limits = { env: environmentOfOthers(), timeout: VERSION_MILLISECONDS };
  try {
    return releaseOf((await promisify(execFile)(PROGRAM, ['--version'], limits)).stdout);
  } catch (cause) {
    throw unusable(cause);
  }
}

async function launch(args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(PROGRAM, args, {
    // a session of its own: Ctrl-C must reach it through us, after its replica knows
    detached: true,
    env: environmentOfOthers(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  try {
    await once(child, 'spawn');
    return child;
  } catch (cause) {
    throw unusable(cause);
  }
}

function unusable(cause: unknown): StartFailure {
  return new StartFailure(
    `--isolation subprocess needs ${PROGRAM} on the PATH. Install it (pip install flwr), or use --isolation process.`,
    { cause },
  );
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
