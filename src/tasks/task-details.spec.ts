import { shortDetails } from './task-details';

const MOST = 64 * 1024;

describe('shortDetails', () => {
  it('leaves what is short as it is', () => {
    const longest = 'x'.repeat(MOST);
    expect(shortDetails(longest)).toBe(longest);
    expect(shortDetails('')).toBe('');
  });

  it('cuts what is too long', () => {
    expect(shortDetails('x'.repeat(MOST + 1))).toBe(`${'x'.repeat(MOST - 1)}…`);
  });

  it('cuts no character in two', () => {
    const text = `${'x'.repeat(MOST - 2)}🌸🌸`;
    expect(shortDetails(text)).toBe(`${'x'.repeat(MOST - 2)}…`);
  });
});
