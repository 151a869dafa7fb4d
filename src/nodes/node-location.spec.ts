import { nodeLocationFault } from './node-location';

describe('the place of a node', () => {
  it.each(['48.14,11.58', ' -90 , +180 ', '0,0', '.5,-1.', '1e1,2'])('may be %j', (location) => {
    expect(nodeLocationFault(location)).toBeUndefined();
  });

  it.each([
    '',
    'Munich',
    '48.14',
    '48.14,',
    '48.14,11.58,520',
    '48,14;11,58',
    'nan,0',
    'inf,0',
    '1e999,0',
    '90.001,0',
    '0,-180.5',
    '0x10,0',
  ])('may not be %j', (location) => {
    expect(nodeLocationFault(location)).toMatch(/latitude/i);
  });
});
