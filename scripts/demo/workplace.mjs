/** A directory for one run of a script, and the household of its processes. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Household } from '../flower/processes.mjs';
import { red } from './terminal.mjs';

/**
 * Calls `act` with `{ household, directory }` and ends all processes afterwards. Exit code 0 if it
 * returned true; else 1, and the logs stay for a look.
 */
export async function inWorkplace(name, act) {
  const directory = mkdtempSync(join(tmpdir(), `${name}-`));
  // PostgreSQL may have to run as another user and must be able to enter.
  chmodSync(directory, 0o755);
  const household = new Household(join(directory, 'logs'));
  let keepsLogs = false;
  household.onStop(() => {
    if (!keepsLogs) rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  });
  let isGood = false;
  try {
    isGood = await act({ household, directory });
  } catch (error) {
    // When a signal ends the processes under it, `act` fails too: that is no news.
    if (!household.isStopping) process.stderr.write(`\n${red(error.message)}\n`);
  }
  keepsLogs = !isGood && !household.isStopping;
  await household.stop();
  if (keepsLogs) process.stderr.write(`The logs are in ${household.logDirectory}\n`);
  process.exitCode = isGood ? 0 : 1;
}
