import { hostname } from 'node:os';

import { type DestinationStream, multistream, pino, type StreamEntry } from 'pino';

import type { LogConfig } from '../config/config';
import type { Logger } from './logger';

/** Opens the log: JSON lines on the standard output (or pretty ones for a person) and into `extra`. */
export function createLogger(config: LogConfig, extra: readonly DestinationStream[] = []): Logger {
  const entries = [standardOutput(config), ...extra].map((stream): StreamEntry => ({
    level: config.level,
    stream,
  }));
  return pino(
    {
      level: config.level,
      base: { pid: process.pid, host: hostname(), replica: config.replicaNumber },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    multistream(entries),
  );
}

function standardOutput(config: LogConfig): DestinationStream {
  if (config.format === 'json') return process.stdout;
  return pino.transport({
    target: 'pino-pretty', // a dependency, not a development tool: people run superlink by hand
    options: { translateTime: 'SYS:HH:MM:ss', ignore: 'pid,host' },
  });
}
