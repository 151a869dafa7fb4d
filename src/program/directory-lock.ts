import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isRunning } from './running-process';
import { StartFailure } from './start-failure';

/** Held by one process; ends with `release`, or with the process. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Makes this process the only superlink on `directory`. The lock of a process that was killed counts no more: a
 * process is known by its id and start time, since containers give the same ids again. Throws StartFailure.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const file = join(directory, 'superlink.pid');
  const mine = signature(process.pid) ?? String(process.pid);
  // second round: the first removed a dead process's lock
  for (let round = 0; round < 2; round += 1) {
    if (create(file, mine)) return { release: () => removeIf(file, mine) };
    const holder = read(file);
    if (holder !== undefined && isAlive(holder)) {
      const [id] = holder.split(' ');
      throw new StartFailure(
        `Another superlink (process ${String(id)}) uses ${directory}. Stop it, or choose another --data-directory.`,
      );
    }
    if (holder !== undefined) removeIf(file, holder);
  }
  throw new StartFailure(`Another superlink is starting on ${directory}. Try again.`);
}

function create(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // gone meanwhile
  }
}

/** Takes the file aside first: only one of several that found it stale gets it, and never a newer one. */
function removeIf(file: string, content: string): void {
  const aside = `${file}.${String(process.pid)}`;
  try {
    renameSync(file, aside);
    if (read(aside) !== content) linkSync(aside, file);
  } catch {
    return; // another process was faster
  } finally {
    rmSync(aside, { force: true });
  }
}

function isAlive(holder: string): boolean {
  return signature(Number(holder.split(' ')[0])) === holder;
}

/** "pid start" of a running process, where the start is the kernel's; only the id where there is no /proc. */
function signature(id: number): string | undefined {
  if (!Number.isInteger(id) || id <= 0 || !isRunning(id)) return undefined;
  const stat = read(`/proc/${String(id)}/stat`);
  if (stat === undefined) return String(id);
  // the name in parentheses may hold spaces: the state is field 3, the start field 22
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : `${String(id)} ${String(fields[19])}`;
}
