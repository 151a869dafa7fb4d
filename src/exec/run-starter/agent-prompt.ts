import type { StartRunRequest } from '../../generated/flwr/proto/control_run';
import type { ConfigValue } from '../fab/run-config';

const INPUT_KEY = 'agent.input';
const DESCRIPTION_CHARACTERS = 80;

/**
 * What an agent is asked: the request's prompt, which CLIs from 1.38 on send, else the text of its run's config that
 * those before have in its place. Undefined if neither says a word.
 */
export function agentPrompt(
  { userPrompt, overrideConfig }: Pick<StartRunRequest, 'userPrompt' | 'overrideConfig'>,
  defaultConfig: ReadonlyMap<string, ConfigValue>,
): string | undefined {
  const overridden = overrideConfig.get(INPUT_KEY)?.scalar;
  const input = overridden === undefined ? defaultConfig.get(INPUT_KEY) : overridden.value;
  const texts = [userPrompt, typeof input === 'string' ? input : ''];
  return texts.map((text) => text.trim()).find((text) => text !== '');
}

/**
 * What an agent's new run series is called: its prompt, white space collapsed, cut with an ellipsis. Undefined if nothing
 * is left of it.
 */
export function seriesDescription(prompt: string): string | undefined {
  const words = prompt.split(/[\s\p{Cc}]+/u).filter((word) => word !== '');
  const characters = Array.from(words.join(' '));
  if (characters.length === 0) return undefined;
  if (characters.length <= DESCRIPTION_CHARACTERS) return characters.join('');
  return `${characters.slice(0, DESCRIPTION_CHARACTERS - 1).join('')}…`;
}
