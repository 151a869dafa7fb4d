import { environmentOf, flagOf, setting, type SettingKey } from '../config/settings';

export const DESCRIPTION =
  'A highly available Flower SuperLink: any number of replicas over one PostgreSQL.';

export const ROOT_EPILOGUE = `
Every option can be set by an environment variable: --pool-size by SUPERLINK_POOL_SIZE, and so on.
Variables with another name stand in [brackets]. Flags win over variables.

Examples:
  Try it on this machine, with a database of its own:
    superlink --insecure

  Three processes over a shared PostgreSQL, with TLS:
    superlink --replicas 3 --database postgres://flower:...@db/flower \\
      --ssl-certfile server.pem --ssl-keyfile server.key --ssl-ca-certfile ca.pem

  Upgrade the schema before new replicas start:
    superlink migrate --database postgres://flower:...@db/flower

  Run ServerApps here, too, as Flower's own SuperLink does:
    superlink --insecure --isolation subprocess
`;

export const MIGRATE_EPILOGUE = `
The database is the one of --database (FLWR_DATABASE) or, without it, the embedded one of --data-directory.
Migrations only go forward; replicas of the release before go on working meanwhile.
`;

/** What the help says of a setting: its sentence, what happens without it, its variable if it is an unusual one. */
export function optionText(key: SettingKey): string {
  return [setting(key).doc, withoutText(key), variableText(key)].filter(Boolean).join(' ');
}

function withoutText(key: SettingKey): string {
  const { default: standard, without, kind } = setting(key);
  if (without !== undefined) return `(default: ${without})`;
  return standard === undefined || kind.placeholder === undefined ? '' : `(default: ${standard})`;
}

function variableText(key: SettingKey): string {
  const regular = `SUPERLINK_${flagOf(key).slice(2).replaceAll('-', '_').toUpperCase()}`;
  const variable = environmentOf(key);
  return variable === regular ? '' : `[${variable}]`;
}
