import { describe, expect, it } from 'vitest';

import { agentSeriesDescription } from './series-description';

const text = (value: string): { scalar: { $case: 'string'; value: string } } => ({
  scalar: { $case: 'string', value },
});

describe('the description of an agent’s series', () => {
  it('is the input that overrides the app’s own, white space collapsed', () => {
    const override = new Map([['agent.input', text('  plan\n my\t\tday\0 ')]]);
    expect(agentSeriesDescription(new Map([['agent.input', 'rest']]), override)).toBe(
      'plan my day',
    );
  });

  it('is the app’s own input without an override', () => {
    expect(agentSeriesDescription(new Map([['agent.input', 'rest']]), new Map())).toBe('rest');
  });

  it('has 80 characters at most, an ellipsis the last of them', () => {
    const whole = '𝄞'.repeat(80);
    expect(agentSeriesDescription(new Map([['agent.input', whole]]), new Map())).toBe(whole);
    const cut = agentSeriesDescription(new Map([['agent.input', `${whole}𝄞`]]), new Map());
    expect(cut).toBe(`${'𝄞'.repeat(79)}…`);
  });

  it.each([[new Map()], [new Map([['agent.input', 3n]])], [new Map([['agent.input', ' \n']])]])(
    'is none without words',
    (config) => {
      expect(agentSeriesDescription(config, new Map())).toBeUndefined();
    },
  );
});
