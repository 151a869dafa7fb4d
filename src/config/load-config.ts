import { buildConfig, databaseOf } from './build-config';
import type { Config } from './config';
import { type FlagTexts, type ResolvedSettings, resolveSettings } from './resolve-settings';

/** A configuration that holds, and what the person should be told about it. */
export interface LoadedConfig {
  readonly config: Config;
  readonly warnings: readonly string[];
}

/** The whole configuration from flags, this process's environment and defaults. Throws ConfigError. */
export function loadConfig(flags: FlagTexts): LoadedConfig {
  const resolved = resolveSettings(flags, process.env);
  const config = buildConfig(resolved, {
    isTerminal: process.stdout.isTTY,
    isRoot: isRoot(),
  });
  return { config, warnings: warningsOf(resolved, config) };
}

/** Only where the database is, for commands that open no port. Throws ConfigError. */
export function loadDatabaseConfig(flags: FlagTexts): Config['database'] {
  return databaseOf(resolveSettings(flags, process.env).values, isRoot());
}

/** Sentences about settings that are allowed and may still surprise. */
export function warningsOf({ values, sources }: ResolvedSettings, config: Config): string[] {
  const secretFile = values.superexecAuthSecretFile !== undefined;
  const isAllowNamed = sources.allowRuntimeDependencyInstallation !== 'default';
  const candidates: [boolean, string][] = [
    [values.insecure, 'TLS is off (--insecure): what clients send can be read on the way.'],
    [
      !values.enableSupernodeAuth && !values.simulation,
      'Any SuperNode may join; --enable-supernode-auth admits only registered ones.',
    ],
    [
      values.enableSupernodeAuth && values.simulation,
      '--enable-supernode-auth has no use with --simulation: no SuperNode takes part.',
    ],
    [
      config.unsignedAdapterCalls,
      'Calls of GrpcAdapter may be unsigned: who knows the id of a node that does not sign can speak for it.',
    ],
    [
      secretFile && values.isolation === 'subprocess',
      'The SuperExec secret is not used with --isolation subprocess.',
    ],
    [
      config.superexecSecret !== undefined && config.tls.appIo === undefined,
      'SuperExec signs its calls, but ServerAppIo has no TLS: they can be read on the way.',
    ],
    [values.enableHttpApi, '--enable-http-api is not needed: the HTTP APIs are always served.'],
    [isAllowNamed, '--allow-runtime-dependency-installation is deprecated: it is the default.'],
  ];
  return candidates.flatMap(([holds, text]) => (holds ? [text] : []));
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
