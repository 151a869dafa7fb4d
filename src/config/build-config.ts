import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import type { Config } from './config';
import { ConfigError } from './config-error';
import { findContradiction } from './contradictions';
import { drainCutSeconds } from './drain-times';
import { nameOf, type ResolvedSettings } from './resolve-settings';
import { expandHome, readSettingFile } from './setting-file';
import type { SettingKey, SettingValues } from './settings';
import { readTlsIdentity, type TlsFiles } from './tls-files';

/** What the process is, as far as defaults depend on it. */
export interface Surroundings {
  readonly isTerminal: boolean;
  readonly isRoot: boolean;
}

/** Checks the settings against each other, reads the files they name and gives them their final form. */
export function buildConfig(resolved: ResolvedSettings, around: Surroundings): Config {
  const contradiction = findContradiction(resolved);
  if (contradiction !== undefined) throw new ConfigError(contradiction);
  const { values } = resolved;
  const secret = readSecret(resolved);
  return {
    database: databaseOf(values, around.isRoot),
    listen: listenOf(values),
    singlePort: values.singlePort,
    tls: tlsOf(resolved),
    holds: {
      nodeSeconds: values.nodeHoldSeconds,
      serverAppSeconds: values.serverappHoldSeconds,
      taskSeconds: values.taskHoldSeconds,
    },
    models: {
      launchSeconds: values.modelLaunchSeconds,
      responseSeconds: values.modelResponseSeconds,
    },
    retention: { logDays: values.logRetentionDays, nodeDays: values.nodeRetentionDays },
    supernodeAuth: values.enableSupernodeAuth,
    unsignedAdapterCalls: values.fleetApiType === 'grpc-adapter',
    ...(secret && { superexecSecret: secret }),
    simulation: values.simulation,
    isolation: values.isolation,
    replicas: values.replicas,
    drainSeconds: values.drainSeconds,
    drainNoticeSeconds: Math.min(values.drainNoticeSeconds, drainCutSeconds(values.drainSeconds)),
    watchdogSeconds: values.watchdogSeconds,
    maxConnectionAgeSeconds: values.maxConnectionAgeSeconds,
    log: logOf(values, around.isTerminal),
    runtimeDependencyInstallation: runtimeInstallationOf(resolved),
  };
}

function listenOf(values: SettingValues): Config['listen'] {
  const grpc = {
    ...(!values.simulation && { fleet: values.fleetApiAddress }),
    serverAppIo: values.serverappioApiAddress,
    control: values.controlApiAddress,
  };
  return {
    ...(!values.singlePort && grpc),
    http: { host: values.host, port: values.port },
    ...(values.healthServerAddress && { health: values.healthServerAddress }),
    ...(values.metricsAddress && { metrics: values.metricsAddress }),
  };
}

/** Where the database is: all that `superlink migrate` needs. */
export function databaseOf(values: SettingValues, isRoot: boolean): Config['database'] {
  const standard = isRoot ? '/var/lib/superlink' : join(homedir(), '.superlink');
  return {
    ...(values.database !== undefined && { url: values.database }),
    ...(values.databaseDirect !== undefined && { directUrl: values.databaseDirect }),
    poolSize: values.poolSize,
    waitSeconds: values.databaseWaitSeconds,
    migrateOnStart: values.migrate,
    dataDirectory: resolve(expandHome(values.dataDirectory ?? standard)),
  };
}

function logOf(values: SettingValues, isTerminal: boolean): Config['log'] {
  return {
    level: values.logLevel,
    format: values.logFormat ?? (isTerminal ? 'pretty' : 'json'),
    ...(values.logFile !== undefined && { file: resolve(expandHome(values.logFile)) }),
    rotationIntervalHours: values.logRotationIntervalHours,
    rotationBackupCount: values.logRotationBackupCount,
  };
}

function tlsOf(resolved: ResolvedSettings): Config['tls'] {
  if (resolved.values.insecure) return {};
  const api = readTlsIdentity(filesOf(resolved, 'sslCertfile', 'sslKeyfile', 'sslCaCertfile'));
  if (api === undefined) {
    throw new ConfigError(
      'TLS is on by default: set --ssl-certfile and --ssl-keyfile, or --insecure to serve without TLS.',
    );
  }
  const appIo = resolved.values.singlePort
    ? api
    : readTlsIdentity(
        filesOf(resolved, 'appioSslCertfile', 'appioSslKeyfile', 'appioSslCaCertfile'),
      );
  return { api, ...(appIo && { appIo }) };
}

type PathKey = Extract<SettingKey, `${string}file`>;

function filesOf(
  { values, sources }: ResolvedSettings,
  certificate: PathKey,
  key: PathKey,
  ca: PathKey,
): TlsFiles {
  const named = (setting: PathKey) => {
    const path = values[setting];
    return {
      name: nameOf(setting, sources),
      path: path === undefined ? undefined : resolve(expandHome(path)),
    };
  };
  return { certificate: named(certificate), key: named(key), ca: named(ca) };
}

/** As in Flower, the secret counts only for a SuperExec that someone else starts. */
function readSecret({ values, sources }: ResolvedSettings): Buffer | undefined {
  const path = values.superexecAuthSecretFile;
  if (path === undefined || values.isolation === 'subprocess') return undefined;
  const name = nameOf('superexecAuthSecretFile', sources);
  const secret = readSettingFile(name, path);
  if (secret.length === 0) throw new ConfigError(`The file of ${name} is empty: ${path}`);
  return secret;
}

function runtimeInstallationOf({ values, sources }: ResolvedSettings): boolean {
  const allowedByFlag =
    values.allowRuntimeDependencyInstallation &&
    sources.allowRuntimeDependencyInstallation === 'flag';
  return allowedByFlag || !values.disableRuntimeDependencyInstallation;
}
