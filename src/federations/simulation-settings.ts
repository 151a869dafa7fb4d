import { SuperLinkError } from '../errors/superlink-error';
import { SimulationConfig } from '../generated/flwr/proto/federation';

/** The fields of a `SimulationConfig` that are set. */
export type SimulationSettings = Omit<SimulationConfig, '_unknownFields'>;

/** What upstream's simulation SuperLink starts with, from 1.32 on (to 1.31 with 10 SuperNodes). */
const DEFAULTS: SimulationSettings = {
  numSupernodes: 2,
  clientResourcesNumCpus: 2,
  clientResourcesNumGpus: 0,
  backend: 'ray',
  verbose: false,
  initArgsLoggingLevel: 'WARNING',
  initArgsLogToDriver: true,
};

/**
 * What is set in `config`. Fields that only newer releases know are left out, as upstream leaves them out. Throws
 * INVALID_PROTOBUF_PAYLOAD for a number that is none.
 */
export function settingsOf(config: SimulationConfig | undefined): SimulationSettings {
  const set = Object.entries(config ?? {}).filter(
    ([name, value]) => value !== undefined && name !== '_unknownFields',
  );
  if (set.some(([, value]) => typeof value === 'number' && !Number.isFinite(value))) {
    throw new SuperLinkError('INVALID_PROTOBUF_PAYLOAD', 'A share of GPUs is not a number.');
  }
  return Object.fromEntries(set);
}

/** The defaults, over them what was `configured`, and over that what a run overrides. */
export function mergeSettings(
  configured: SimulationSettings,
  override: SimulationSettings,
): SimulationConfig {
  return SimulationConfig.fromPartial({ ...DEFAULTS, ...configured, ...override });
}
