import type { z } from 'zod';

import type { Setting } from './setting';
import { ADDRESSES_SETTINGS } from './settings/addresses.settings';
import { DATABASE_SETTINGS } from './settings/database.settings';
import { HOUSEKEEPING_SETTINGS } from './settings/housekeeping.settings';
import { LOGGING_SETTINGS } from './settings/logging.settings';
import { REPLICAS_SETTINGS } from './settings/replicas.settings';
import { SECURITY_SETTINGS } from './settings/security.settings';
import { SIMULATION_SETTINGS } from './settings/simulation.settings';
import { WAITING_SETTINGS } from './settings/waiting.settings';

/** Every setting. Names of flags and environment are Flower's own wherever Flower has the setting. */
export const SETTINGS = {
  ...DATABASE_SETTINGS,
  ...ADDRESSES_SETTINGS,
  ...SECURITY_SETTINGS,
  ...REPLICAS_SETTINGS,
  ...SIMULATION_SETTINGS,
  ...WAITING_SETTINGS,
  ...HOUSEKEEPING_SETTINGS,
  ...LOGGING_SETTINGS,
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
