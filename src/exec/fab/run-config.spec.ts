import { describe, expect, it } from 'vitest';

import { InvalidRunConfigError } from './fab.errors';
import { checkOverrideConfig } from './run-config';

const facts = {
  defaultConfig: new Map<string, bigint | string>([
    ['train.rate', 1n],
    ['label', 'a'],
  ]),
};

describe('overrides of a run', () => {
  it('may set flattened keys of the app, to a value of any type', () => {
    expect(() => {
      checkOverrideConfig(new Map([['train.rate', 'text']]), facts);
      checkOverrideConfig({ label: true, 'train.rate': 2 }, facts);
      checkOverrideConfig({}, facts);
    }).not.toThrow();
  });

  it.each(['lable', 'train', 'rate', '__proto__', 'constructor', ''])('may not set %j', (key) => {
    const override = new Map([[key, 1]]);
    expect(() => {
      checkOverrideConfig(override, facts);
    }).toThrow(InvalidRunConfigError);
    expect(() => {
      checkOverrideConfig(Object.fromEntries(override), facts);
    }).toThrow(JSON.stringify(key));
  });

  it('are named in the message in bounded length', () => {
    const check = (): void => {
      checkOverrideConfig({ ['k'.repeat(1_000_000)]: 1 }, facts);
    };
    expect(check).toThrow(/^.{1,200}$/u);
  });
});
