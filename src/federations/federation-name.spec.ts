import { describe, expect, it } from 'vitest';

import { federationNameFault } from './federation-name';

describe('the name of a federation', () => {
  it.each(['a', 'hospitals-2', 'Größe', 'x'.repeat(32)])('may be %s', (name) => {
    expect(federationNameFault(name)).toBeUndefined();
  });

  it.each([
    ['x'.repeat(33), /32/],
    ['2nd', /letter/],
    ['-a', /letter/],
    ['a b', /hyphens/],
    ['a/b', /hyphens/],
  ])('may not be %s', (name, fault) => {
    expect(federationNameFault(name)).toMatch(fault);
  });
});
