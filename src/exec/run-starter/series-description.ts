import type { Scalar } from '../../generated/flwr/proto/scalar';
import type { ConfigValue } from '../fab/run-config';

const INPUT_KEY = 'agent.input';
const LIMIT_CHARACTERS = 80;

/**
 * What an agent's new run series is called: the input that it was given, white space collapsed, cut with an
 * ellipsis. Undefined without such an input.
 */
export function agentSeriesDescription(
  defaultConfig: ReadonlyMap<string, ConfigValue>,
  override: ReadonlyMap<string, Scalar>,
): string | undefined {
  const overridden = override.get(INPUT_KEY)?.scalar;
  const input = overridden === undefined ? defaultConfig.get(INPUT_KEY) : overridden.value;
  if (typeof input !== 'string') return undefined;
  const words = input.split(/[\s\p{Cc}]+/u).filter((word) => word !== '');
  const characters = Array.from(words.join(' '));
  if (characters.length === 0) return undefined;
  if (characters.length <= LIMIT_CHARACTERS) return characters.join('');
  return `${characters.slice(0, LIMIT_CHARACTERS - 1).join('')}…`;
}
