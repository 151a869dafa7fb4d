import { type Address, addressOfReplica, formatAddress, HIGHEST_PORT } from './address';
import { drainCutSeconds } from './drain-times';
import { nameOf, type ResolvedSettings } from './resolve-settings';
import type { SettingKey } from './settings';

type Rule = (resolved: ResolvedSettings) => string | undefined;

const OF_OTHER_PORTS = ['fleetApiAddress', 'serverappioApiAddress', 'controlApiAddress'] as const;
const LISTENERS = [...OF_OTHER_PORTS, 'healthServerAddress', 'metricsAddress'] as const;
const OF_OTHER_CERTIFICATES = [
  'appioSslCertfile',
  'appioSslKeyfile',
  'appioSslCaCertfile',
] as const;

const RULES: readonly Rule[] = [
  supernodeAuthByAdapter,
  supernodeAuthWithoutTls,
  directoryBesideUrl,
  directWithoutUrl,
  installationBothWays,
  subprocessOnAnyPort,
  portsBesideSinglePort,
  metricsBeyondLastPort,
  sharedAddress,
  noticeBeyondCut,
];

/** The first pair of settings that can't both hold, as a sentence with the way out; undefined if all agree. */
export function findContradiction(resolved: ResolvedSettings): string | undefined {
  for (const rule of RULES) {
    const text = rule(resolved);
    if (text !== undefined) return text;
  }
  return undefined;
}

function supernodeAuthByAdapter({ values, sources }: ResolvedSettings): string | undefined {
  if (!values.enableSupernodeAuth || values.fleetApiType === 'grpc-rere') return undefined;
  const auth = nameOf('enableSupernodeAuth', sources);
  return `${auth} needs signed calls, which ${nameOf('fleetApiType', sources)} grpc-adapter waives; use grpc-rere, which serves SuperNodes with --grpc-adapter, too.`;
}

function supernodeAuthWithoutTls({ values, sources }: ResolvedSettings): string | undefined {
  if (!values.enableSupernodeAuth || !values.insecure) return undefined;
  const auth = nameOf('enableSupernodeAuth', sources);
  return `${auth} needs TLS: set --ssl-certfile and --ssl-keyfile instead of ${nameOf('insecure', sources)}.`;
}

function directoryBesideUrl({ values, sources }: ResolvedSettings): string | undefined {
  if (values.database === undefined || values.dataDirectory === undefined) return undefined;
  const directory = nameOf('dataDirectory', sources);
  return `${directory} is for the embedded PostgreSQL and ${nameOf('database', sources)} names another one; set only one.`;
}

function directWithoutUrl({ values, sources }: ResolvedSettings): string | undefined {
  if (values.databaseDirect === undefined || values.database !== undefined) return undefined;
  return `${nameOf('databaseDirect', sources)} is the way around the pooler in --database; set both.`;
}

function installationBothWays({ values, sources }: ResolvedSettings): string | undefined {
  const disable = 'disableRuntimeDependencyInstallation';
  const allow = 'allowRuntimeDependencyInstallation';
  if (!values[disable] || !values[allow] || sources[disable] !== sources[allow]) return undefined;
  return `${nameOf(disable, sources)} and ${nameOf(allow, sources)} exclude each other; set only one.`;
}

function subprocessOnAnyPort({ values, sources }: ResolvedSettings): string | undefined {
  if (values.isolation !== 'subprocess') return undefined;
  const isAnyAppIo = !values.singlePort && values.serverappioApiAddress.port === 0;
  if (values.port !== 0 && !isAnyAppIo) return undefined;
  const key = isAnyAppIo ? 'serverappioApiAddress' : 'port';
  return `${nameOf('isolation', sources)} subprocess needs a fixed port in ${nameOf(key, sources)}.`;
}

function portsBesideSinglePort({ values, sources }: ResolvedSettings): string | undefined {
  if (!values.singlePort) return undefined;
  const single = nameOf('singlePort', sources);
  const address = OF_OTHER_PORTS.find((key) => sources[key] !== 'default');
  if (address !== undefined) {
    return `${single} serves all on the one port of --host and --port; leave ${nameOf(address, sources)} out.`;
  }
  const file = OF_OTHER_CERTIFICATES.find((key) => values[key] !== undefined);
  if (file === undefined) return undefined;
  return `${single} has the one certificate of --ssl-certfile; leave ${nameOf(file, sources)} out.`;
}

function metricsBeyondLastPort({ values, sources }: ResolvedSettings): string | undefined {
  const last = portsOf('metricsAddress', values).at(-1);
  if (last === undefined || last.port <= HIGHEST_PORT) return undefined;
  const metrics = nameOf('metricsAddress', sources);
  return `${metrics} leaves no port for each of the replicas; choose a lower one.`;
}

function sharedAddress({ values, sources }: ResolvedSettings): string | undefined {
  const seen: { key: SettingKey; address: Address }[] = [
    { key: 'port', address: { host: values.host, port: values.port } },
  ];
  for (const key of LISTENERS) {
    for (const address of portsOf(key, values)) {
      const other = seen.find((earlier) => overlap(earlier.address, address));
      if (other !== undefined) {
        const pair = `${nameOf(other.key, sources)} and ${nameOf(key, sources)}`;
        return `${pair} would both listen on ${formatAddress(address)}; give each a port of its own.`;
      }
      seen.push({ key, address });
    }
  }
  return undefined;
}

/** Only what was asked for: by default a short drain gives less notice. */
function noticeBeyondCut({ values, sources }: ResolvedSettings): string | undefined {
  if (sources.drainNoticeSeconds === 'default') return undefined;
  const cut = drainCutSeconds(values.drainSeconds);
  if (values.drainNoticeSeconds <= cut) return undefined;
  const notice = nameOf('drainNoticeSeconds', sources);
  const drain = `${nameOf('drainSeconds', sources)} ${values.drainSeconds}`;
  return `${notice} must be over after ${cut} s, when ${drain} cuts connections: set more there, or less here.`;
}

/** What is opened for a setting: nothing, one port for all replicas of the machine, or one for each. */
function portsOf(key: (typeof LISTENERS)[number], values: ResolvedSettings['values']): Address[] {
  const address = values[key];
  if (address === undefined || !isOpened(key, values)) return [];
  const count = key === 'metricsAddress' ? values.replicas : 1;
  return Array.from({ length: count }, (_, index) => addressOfReplica(address, index + 1));
}

function isOpened(key: (typeof LISTENERS)[number], values: ResolvedSettings['values']): boolean {
  if (key === 'healthServerAddress' || key === 'metricsAddress') return true;
  return !values.singlePort && !(key === 'fleetApiAddress' && values.simulation);
}

function overlap(one: Address, other: Address): boolean {
  if (one.port !== other.port || one.port === 0) return false;
  const isWild = [one.host, other.host].some((host) => host === '0.0.0.0' || host === '::');
  return isWild || one.host === other.host;
}
