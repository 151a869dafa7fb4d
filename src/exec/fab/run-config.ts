import type { TomlTable, TomlValue } from 'smol-toml';

import { InvalidFabError, InvalidRunConfigError, quote } from './fab.errors';
import { isTable } from './toml-document';

/** A leaf of an app's config: bigint for a TOML integer (64 bits, signed), number for a float. */
export type ConfigValue = bigint | number | boolean | string;

const KEY_LIMIT_CHARACTERS = 1_024;
const LEAF_LIMIT = 10_000;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * The app's default config with nested keys joined by dots, as clients name them in overrides.
 *
 * @param config the table `tool.flwr.app.config`
 * @throws {InvalidFabError} for a leaf that isn't int, float, bool or str, or can't be sent as one
 */
export function flattenConfig(config: TomlTable): ReadonlyMap<string, ConfigValue> {
  const flat = new Map<string, ConfigValue>();
  // A list of what is left instead of recursion: dotted keys can nest deeper than the stack.
  const open: { readonly prefix: string; readonly table: TomlTable }[] = [
    { prefix: '', table: config },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [name, value] of Object.entries(next.table)) {
      const key = next.prefix + name;
      checkKey(key);
      if (isTable(value)) {
        open.push({ prefix: `${key}.`, table: value });
      } else {
        flat.set(key, checkLeaf(key, value));
      }
    }
    if (flat.size > LEAF_LIMIT) {
      throw new InvalidFabError(`The app's config has more than ${LEAF_LIMIT} values.`);
    }
  }
  return flat;
}

function checkKey(key: string): void {
  if (key.length > KEY_LIMIT_CHARACTERS) {
    throw new InvalidFabError(`The app's config key ${quote(key)} is too long.`);
  }
}

function checkLeaf(key: string, value: TomlValue): ConfigValue {
  if (typeof value === 'object') {
    throw new InvalidFabError(
      `The app's config value ${quote(key)} has to be an int, float, bool or str.`,
    );
  }
  if (typeof value === 'bigint' && (value < INT64_MIN || value > INT64_MAX)) {
    throw new InvalidFabError(`The app's config value ${quote(key)} does not fit into 64 bits.`);
  }
  return value;
}

/**
 * Checks that every override of a run names a value of the app's config. The types of the values
 * aren't compared (nor does upstream).
 *
 * @param override the overrides by flattened key; only the keys are looked at
 * @param facts what `inspectFab` found in the run's FAB
 * @throws {InvalidRunConfigError}
 */
export function checkOverrideConfig(
  override: ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>>,
  facts: { readonly defaultConfig: ReadonlyMap<string, ConfigValue> },
): void {
  const keys = isMap(override) ? override.keys() : Object.keys(override);
  for (const key of keys) {
    if (!facts.defaultConfig.has(key)) {
      throw new InvalidRunConfigError(
        `The run's config sets ${quote(key)}, which the app's config doesn't have.`,
      );
    }
  }
}

function isMap(
  override: ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>>,
): override is ReadonlyMap<string, unknown> {
  return override instanceof Map;
}
