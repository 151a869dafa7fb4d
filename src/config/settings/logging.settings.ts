import type { LogLevel } from '../config';
import type { Setting } from '../setting';
import { choice, PATH, wholeNumber } from '../setting-kinds';

const LOG_LEVELS: Readonly<Record<string, LogLevel>> = {
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn', // the words that FLWR_LOG_LEVEL takes from Python
  error: 'error',
  critical: 'fatal',
  fatal: 'fatal',
};
const SHOWN_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

export const LOGGING_SETTINGS = {
  logLevel: {
    group: 'Logging',
    kind: choice(LOG_LEVELS, SHOWN_LEVELS),
    environment: 'FLWR_LOG_LEVEL',
    default: 'info',
    doc: 'Least level that is logged.',
  },
  logFormat: {
    group: 'Logging',
    kind: choice({ json: 'json', pretty: 'pretty' }),
    without: 'pretty on a terminal, else json',
    doc: 'One JSON object a line, or lines for people.',
  },
  logFile: {
    group: 'Logging',
    kind: PATH,
    without: 'standard output only',
    doc: 'File that log lines are written to as well; its name gets the time and a number: superlink.2026-11-28-00.1.log.',
  },
  logRotationIntervalHours: {
    group: 'Logging',
    kind: wholeNumber(1, 596, 'hours'), // a timer takes no more than 2^31 ms
    default: '24',
    doc: 'Start a new --log-file every so many hours.',
  },
  logRotationBackupCount: {
    group: 'Logging',
    kind: wholeNumber(1, 10_000),
    default: '7',
    doc: 'How many of the older log files are kept.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
