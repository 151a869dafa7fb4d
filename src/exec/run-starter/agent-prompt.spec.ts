import type { Scalar } from '../../generated/flwr/proto/scalar';
import { agentPrompt, seriesDescription } from './agent-prompt';

const INPUT = 'agent.input';
const text = (value: string): Scalar => ({ scalar: { $case: 'string', value } });
const config = (input: string | bigint) => new Map([[INPUT, input]]);
const asked = (userPrompt: string, input?: string) => ({
  userPrompt,
  overrideConfig: new Map(input === undefined ? [] : [[INPUT, text(input)]]),
});

describe('what an agent is asked', () => {
  it('is the prompt of the request, if it has one', () => {
    expect(agentPrompt(asked(' plan\tmy day\n', 'rest'), config('sleep'))).toBe('plan\tmy day');
  });

  it('is the input that overrides the app’s own, as CLIs before 1.38 send it', () => {
    expect(agentPrompt(asked(' ', 'rest'), config('sleep'))).toBe('rest');
  });

  it('is the app’s own input without an override', () => {
    expect(agentPrompt(asked(''), config('sleep'))).toBe('sleep');
  });

  it.each([new Map(), config(3n), config(' \n')])('is nothing without words', (defaultConfig) => {
    expect(agentPrompt(asked(''), defaultConfig)).toBeUndefined();
  });
});

describe('the description of an agent’s series', () => {
  it('is its prompt, white space collapsed', () => {
    expect(seriesDescription('plan\n my\t\tday\0 ')).toBe('plan my day');
  });

  it('has 80 characters at most, an ellipsis the last of them', () => {
    const whole = '𝄞'.repeat(80);
    expect(seriesDescription(whole)).toBe(whole);
    expect(seriesDescription(`${whole}𝄞`)).toBe(`${'𝄞'.repeat(79)}…`);
  });

  it('is none without words', () => {
    expect(seriesDescription('\0')).toBeUndefined();
  });
});
