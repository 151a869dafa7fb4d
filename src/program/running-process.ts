import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MILLISECONDS = 50;

/** True if there is a process with this id, whoever owns it. */
export function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The command line of a process, its arguments separated by blanks; "" if it can't be told. */
export function commandLineOf(id: number): string {
  try {
    return readFileSync(`/proc/${String(id)}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return commandLineFromPs(id);
  }
}

/** Waits until a process that isn't our child has ended; false if it still runs after `seconds`. */
export async function hasEndedWithin(id: number, seconds: number): Promise<boolean> {
  const deadline = performance.now() + seconds * 1_000;
  while (isRunning(id)) {
    if (performance.now() > deadline) return false;
    await pause(POLL_MILLISECONDS);
  }
  return true;
}

function commandLineFromPs(id: number): string {
  try {
    return execFileSync('ps', ['-p', String(id), '-o', 'command='], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '';
  }
}
