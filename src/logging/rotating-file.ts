import { once } from 'node:events';

import type { DestinationStream } from 'pino';
import roll from 'pino-roll';
import type { SonicBoom } from 'sonic-boom';

import type { LogConfig } from '../config/config';

const MILLISECONDS_PER_HOUR = 3_600_000;
/** Numbers begin anew when no process ran at the end of a period: only with its time before them the oldest go first. */
const PERIOD_FORMAT = 'yyyy-MM-dd-HH';
/** Lines that wait for a disk without room; more are dropped. */
const MOST_WAITING_BYTES = 16_777_216;

/** The file cannot be opened. The message is one line for a person. */
export class LogFileError extends Error {}

/**
 * Opens `--log-file` for lines of this process: dated files, a new one every so many hours, the oldest dropped. Throws
 * LogFileError if it can't; later `say` is told of trouble, and lines wait for its end.
 */
export async function openRotatingFile(
  config: LogConfig,
  say: (line: string) => void,
): Promise<DestinationStream | undefined> {
  if (config.file === undefined) return undefined;
  try {
    const file = await opened(config.file, config);
    tellTrouble(file, say);
    return file;
  } catch (error) {
    throw new LogFileError(
      `--log-file cannot be written (${reasonOf(error)}). Choose another path, or make this one writable.`,
    );
  }
}

async function opened(path: string, config: LogConfig): Promise<SonicBoom> {
  const file = await roll({
    file: path,
    frequency: config.rotationIntervalHours * MILLISECONDS_PER_HOUR,
    dateFormat: PERIOD_FORMAT,
    limit: { count: config.rotationBackupCount, removeOtherLogFiles: true },
    mkdir: true,
    maxLength: MOST_WAITING_BYTES,
  });
  await once(file, 'ready'); // rejects at an error
  return file;
}

/** An error that nobody listens to would end the process. Each later line fails, too: only the first is told. */
function tellTrouble(file: SonicBoom, say: (line: string) => void): void {
  let isTold = false;
  file.on('error', (error) => {
    if (isTold) return;
    isTold = true;
    say(`--log-file cannot be written (${reasonOf(error)}); the standard output goes on.`);
  });
  file.on('write', () => {
    isTold = false;
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
