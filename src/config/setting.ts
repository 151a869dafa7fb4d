import type { Kind } from './setting-kinds';

/** Headings of the help and of docs/configuration.md, in their order. */
export const GROUPS = [
  'Database',
  'Addresses',
  'TLS and authentication',
  'Replicas on this machine',
  'Simulation',
  'Waiting',
  'Housekeeping',
  'Logging',
] as const;

/** One row of the table that flags, environment, help, checks and documentation are all made from. */
export interface Setting {
  readonly group: (typeof GROUPS)[number];
  readonly kind: Kind<unknown>;
  /** Text that goes through `kind` like one that was given. */
  readonly default?: string;
  /** Says in words what happens without a value, where `default` can't. */
  readonly without?: string;
  /** Unless it is the key in kebab-case. */
  readonly flag?: string;
  /** Upstream's older name of the same flag. */
  readonly alias?: string;
  /** Unless it is SUPERLINK_ and the key in capitals. */
  readonly environment?: string;
  readonly doc: string;
  /** Its value must never be shown. */
  readonly secret?: true;
}
