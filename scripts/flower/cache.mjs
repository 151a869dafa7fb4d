/** What is installed or built once for this clone, and left out of git. */
import { readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isAlive } from './processes.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const LOCK_POLL_MS = 500;

export const CACHE = join(ROOT, '.cache');

/** The process that has a lock; 0 if it has just given it back, or has not yet written who it is. */
const ownerOf = (path) => {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
};

/** Tests, demo and bench may start at once: the second waits for what the first one makes. */
export async function withLock(path, act) {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = ownerOf(path);
      if (owner > 0 && !isAlive(owner)) rmSync(path, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
    }
  }
  try {
    return await act();
  } finally {
    unlinkSync(path);
  }
}
