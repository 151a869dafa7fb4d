import type { z } from 'zod';

import type { LogLevel } from './config';
import type { Setting } from './setting';
import {
  ADDRESS,
  choice,
  HOST,
  PATH,
  POSTGRES_URL,
  seconds,
  SWITCH,
  wholeNumber,
} from './setting-kinds';

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
/** Clients on HTTP give a call up after 30 s. */
const LONGEST_HOLD_SECONDS = 25;
const HIGHEST_PORT = 65_535;

/** Every setting. Names of flags and environment are Flower's own wherever Flower has the setting. */
export const SETTINGS = {
  database: {
    group: 'Database',
    kind: POSTGRES_URL,
    environment: 'FLWR_DATABASE',
    without: 'an embedded PostgreSQL',
    secret: true,
    doc: 'PostgreSQL 14 or newer that all replicas share.',
  },
  dataDirectory: {
    group: 'Database',
    kind: PATH,
    without: '~/.superlink, as root /var/lib/superlink',
    doc: 'Where the embedded PostgreSQL keeps its data.',
  },
  poolSize: {
    group: 'Database',
    kind: wholeNumber(1, 1_000),
    default: '10',
    doc: 'Database connections of each replica.',
  },
  migrate: {
    group: 'Database',
    kind: SWITCH,
    flag: '--no-migrate',
    default: 'true',
    doc: 'Do not bring the schema up to date at the start; run `superlink migrate` before.',
  },
  fleetApiAddress: {
    group: 'Addresses',
    kind: ADDRESS,
    default: '0.0.0.0:9092',
    doc: 'Fleet API, for SuperNodes.',
  },
  fleetApiType: {
    group: 'Addresses',
    kind: choice({ 'grpc-rere': 'grpc-rere', 'grpc-adapter': 'grpc-adapter' }),
    default: 'grpc-rere',
    doc: 'Transport of the Fleet API; grpc-adapter comes with a later release.',
  },
  serverappioApiAddress: {
    group: 'Addresses',
    kind: ADDRESS,
    alias: '--simulationio-api-address',
    default: '0.0.0.0:9091',
    doc: 'ServerAppIo API, for SuperExec and ServerApps.',
  },
  controlApiAddress: {
    group: 'Addresses',
    kind: ADDRESS,
    default: '0.0.0.0:9093',
    doc: 'Control API, for the flwr command.',
  },
  healthServerAddress: {
    group: 'Addresses',
    kind: ADDRESS,
    without: 'not served',
    doc: 'gRPC health service on a port of its own, without TLS.',
  },
  host: {
    group: 'Addresses',
    kind: HOST,
    environment: 'SUPERLINK_HTTP_HOST',
    default: '127.0.0.1',
    doc: 'Host of the HTTP server with the health probes.',
  },
  port: {
    group: 'Addresses',
    kind: wholeNumber(0, HIGHEST_PORT, 'port'),
    // Kubernetes sets SUPERLINK_PORT in every pod beside a Service named superlink.
    environment: 'SUPERLINK_HTTP_PORT',
    default: '8000',
    doc: 'Port of the HTTP server.',
  },
  insecure: {
    group: 'TLS and authentication',
    kind: SWITCH,
    default: 'false',
    doc: 'Serve without TLS, whatever certificates are given. Only on networks you trust.',
  },
  sslCertfile: {
    group: 'TLS and authentication',
    kind: PATH,
    doc: 'Certificate of the Fleet and Control APIs (PEM). Required unless --insecure.',
  },
  sslKeyfile: {
    group: 'TLS and authentication',
    kind: PATH,
    doc: 'Private key of --ssl-certfile (PEM).',
  },
  sslCaCertfile: {
    group: 'TLS and authentication',
    kind: PATH,
    doc: 'Certificate authority of --ssl-certfile (PEM).',
  },
  appioSslCertfile: {
    group: 'TLS and authentication',
    kind: PATH,
    without: 'ServerAppIo is served without TLS',
    doc: 'Certificate of the ServerAppIo API (PEM).',
  },
  appioSslKeyfile: {
    group: 'TLS and authentication',
    kind: PATH,
    doc: 'Private key of --appio-ssl-certfile (PEM).',
  },
  appioSslCaCertfile: {
    group: 'TLS and authentication',
    kind: PATH,
    doc: 'Certificate authority by which a SuperExec started here knows ServerAppIo (PEM).',
  },
  enableSupernodeAuth: {
    group: 'TLS and authentication',
    kind: SWITCH,
    default: 'false',
    doc: 'Admit only SuperNodes whose key was registered with `flwr supernode register`. Needs TLS.',
  },
  superexecAuthSecretFile: {
    group: 'TLS and authentication',
    kind: PATH,
    without: 'calls of SuperExec are not authenticated',
    doc: 'File with the secret shared with SuperExec, taken byte by byte.',
  },
  replicas: {
    group: 'Replicas on this machine',
    kind: wholeNumber(1, 64),
    default: '1',
    doc: 'Processes that serve the same ports; a lost one is started again.',
  },
  isolation: {
    group: 'Replicas on this machine',
    kind: choice({ process: 'process', subprocess: 'subprocess' }),
    default: 'process',
    doc: 'subprocess starts the flower-superexec found on the PATH beside each replica.',
  },
  disableRuntimeDependencyInstallation: {
    group: 'Replicas on this machine',
    kind: SWITCH,
    environment: 'FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION',
    default: 'false',
    doc: 'A SuperExec started here must not install the dependencies of apps.',
  },
  allowRuntimeDependencyInstallation: {
    group: 'Replicas on this machine',
    kind: SWITCH,
    default: 'false',
    doc: 'Deprecated: it is allowed unless disabled.',
  },
  drainSeconds: {
    group: 'Replicas on this machine',
    kind: wholeNumber(1, 3_600, 'seconds'),
    default: '30',
    doc: 'After a request to stop, what still runs then is cut.',
  },
  nodeHoldSeconds: {
    group: 'Waiting',
    kind: seconds(LONGEST_HOLD_SECONDS),
    default: '20',
    doc: 'How long an empty poll of a SuperNode is held open; 0 answers at once.',
  },
  serverappHoldSeconds: {
    group: 'Waiting',
    kind: seconds(LONGEST_HOLD_SECONDS),
    default: '10',
    doc: 'The same for a ServerApp that waits for replies.',
  },
  taskHoldSeconds: {
    group: 'Waiting',
    kind: seconds(LONGEST_HOLD_SECONDS),
    default: '5',
    doc: 'The same for a SuperExec that waits for tasks.',
  },
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
    doc: 'File that log lines are written to as well.',
  },
  logRotationIntervalHours: {
    group: 'Logging',
    kind: wholeNumber(1, 8_760, 'hours'),
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

type Table = typeof SETTINGS;
export type SettingKey = keyof Table;
type ValueOf<Row extends Setting> =
  z.output<Row['kind']['schema']> | (Row extends { readonly default: string } ? never : undefined);

/** All settings after flags, environment and defaults: each checked by itself, not yet against the others. */
export type SettingValues = { readonly [Key in SettingKey]: ValueOf<Table[Key]> };

export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

/** The table's row without what its literal type knows, for code that treats all rows alike. */
export function setting(key: SettingKey): Setting {
  return SETTINGS[key];
}

/** `--pool-size` for `poolSize`. */
export function flagOf(key: SettingKey): string {
  return setting(key).flag ?? `--${words(key).join('-')}`;
}

/** `SUPERLINK_POOL_SIZE` for `poolSize`, Flower's own name where there is one. */
export function environmentOf(key: SettingKey): string {
  return setting(key).environment ?? ['SUPERLINK', ...words(key)].join('_').toUpperCase();
}

function words(key: SettingKey): string[] {
  return key.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}
