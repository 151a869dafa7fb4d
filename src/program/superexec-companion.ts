import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import type { Config } from '../config/config';
import { environmentOfOthers } from '../config/environment-of-others';
import { Backoff, waited } from './backoff';
import { StartFailure } from './start-failure';
import { PROGRAM, releaseOf, superExecArguments } from './superexec-arguments';

const STOP_SECONDS = 5;
/** Python takes seconds to start on a busy machine. */
const VERSION_MILLISECONDS = 60_000;

/** Flower's SuperExec as our child, started again when it dies. */
export interface SuperExecCompanion {
  stop(): Promise<void>;
}

/**
 * Starts the SuperExec found on the PATH against this process; resolves when that can be run. Throws StartFailure if there
 * is none. Its release, which decides how it is started, may be another one each time that it is started again.
 */
export async function startSuperExec(
  config: Config,
  say: (line: string) => void,
): Promise<SuperExecCompanion> {
  return new SuperExecKeeper(config, await askForRelease(), say);
}

class SuperExecKeeper implements SuperExecCompanion {
  private readonly stopping = new AbortController();
  private readonly backoff = new Backoff();
  private readonly kept: Promise<void>;

  constructor(
    private readonly config: Config,
    /** The SuperExec, or before that the one that tells its release. */
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

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async keep(): Promise<void> {
    await this.begin().catch(this.tell);
    for (;;) {
      await ended(this.child);
      if (this.isStopping()) return;
      await this.replace();
    }
  }

  private async replace(): Promise<void> {
    const seconds = this.backoff.lost();
    const how = this.child.signalCode ?? `exit code ${String(this.child.exitCode)}`;
    this.say(`The SuperExec has ended (${how}); starting it again in ${String(seconds)} s.`);
    if (!(await waited(seconds, this.stopping.signal))) return;
    try {
      this.child = await askForRelease();
      await this.begin();
    } catch (error) {
      this.tell(error);
    }
  }

  /** When the one that was asked has told its release. */
  private async begin(): Promise<void> {
    const release = releaseOf(await outputOf(this.child));
    if (this.isStopping()) return;
    this.child = await launch(superExecArguments(this.config, process.pid, release), {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    this.backoff.started();
    if (this.isStopping()) this.child.kill('SIGTERM');
  }

  private readonly tell = (error: unknown): void => {
    this.say(error instanceof Error ? error.message : String(error));
  };
}

function askForRelease(): Promise<ChildProcess> {
  return launch(['--version'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: VERSION_MILLISECONDS,
    killSignal: 'SIGKILL',
  });
}

async function launch(args: readonly string[], own: SpawnOptions): Promise<ChildProcess> {
  const child = spawn(PROGRAM, args, {
    // a session of its own: Ctrl-C must reach it through us, after its replica knows
    detached: true,
    env: environmentOfOthers(),
    ...own,
  });
  try {
    await once(child, 'spawn');
    return child;
  } catch {
    throw new StartFailure(
      `--isolation subprocess needs ${PROGRAM} on the PATH. Install it (pip install flwr), or use --isolation process.`,
    );
  }
}

async function outputOf({ stdout }: ChildProcess): Promise<string> {
  return stdout === null ? '' : text(stdout);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
