import { ConfigError } from './config-error';
import {
  environmentOf,
  flagOf,
  setting,
  SETTING_KEYS,
  type SettingKey,
  type SettingValues,
} from './settings';

/** What the command line said, by setting; a switch that was given is the text "true" or "false". */
export type FlagTexts = Readonly<Partial<Record<SettingKey, string>>>;
export type Environment = Readonly<Record<string, string | undefined>>;
export type Source = 'flag' | 'environment' | 'default';

/** The values, and where each came from, so that messages name what the person wrote. */
export interface ResolvedSettings {
  readonly values: SettingValues;
  readonly sources: Readonly<Record<SettingKey, Source>>;
}

/** Kubernetes describes each Service of the namespace to each pod in variables of these forms. */
const SERVICE_LINK =
  /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

/** Joins flags over environment over defaults. Throws ConfigError, naming a flag or variable but no value. */
export function resolveSettings(flags: FlagTexts, environment: Environment): ResolvedSettings {
  refuseUnknownVariables(environment);
  const values: Partial<Record<SettingKey, unknown>> = {};
  const sources: Partial<Record<SettingKey, Source>> = {};
  for (const key of SETTING_KEYS) {
    const [text, source] = textOf(key, flags, environment);
    sources[key] = source;
    values[key] = text === undefined ? undefined : valueOf(key, text, source);
  }
  return { values, sources } as ResolvedSettings;
}

/** How the person would call the setting: by its variable if it came from there, else by its flag. */
export function nameOf(key: SettingKey, sources: ResolvedSettings['sources']): string {
  return sources[key] === 'environment' ? environmentOf(key) : flagOf(key);
}

function textOf(
  key: SettingKey,
  flags: FlagTexts,
  environment: Environment,
): [string | undefined, Source] {
  const flag = flags[key];
  if (flag !== undefined) return [flag, 'flag'];
  const variable = environment[environmentOf(key)];
  // compose files and charts pass "" for what isn't set
  if (variable !== undefined && variable !== '') return [variable, 'environment'];
  return [setting(key).default, 'default'];
}

function valueOf(key: SettingKey, text: string, source: Source): unknown {
  const { schema, expected } = setting(key).kind;
  const result = text === '' ? undefined : schema.safeParse(text);
  if (result?.success === true) return result.data;
  const name = source === 'environment' ? environmentOf(key) : flagOf(key);
  throw new ConfigError(`${name} must be ${expected}.`);
}

function refuseUnknownVariables(environment: Environment): void {
  const known = new Set(SETTING_KEYS.map(environmentOf));
  const unknown = Object.keys(environment).find(
    (name) => name.startsWith('SUPERLINK_') && !known.has(name) && !SERVICE_LINK.test(name),
  );
  if (unknown === undefined) return;
  throw new ConfigError(
    `${unknown} is not a setting of superlink. \`superlink --help\` lists them; unset it if it means something else.`,
  );
}
