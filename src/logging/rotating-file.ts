import type { DestinationStream } from 'pino';
import roll from 'pino-roll';

import type { LogConfig } from '../config/config';

const MILLISECONDS_PER_HOUR = 3_600_000;

/** Opens `--log-file` for lines of this process: numbered files, a new one every so many hours, the oldest dropped. */
export async function openRotatingFile(config: LogConfig): Promise<DestinationStream | undefined> {
  if (config.file === undefined) return undefined;
  return await roll({
    file: config.file,
    frequency: config.rotationIntervalHours * MILLISECONDS_PER_HOUR,
    limit: { count: config.rotationBackupCount, removeOtherLogFiles: true },
    mkdir: true,
  });
}
