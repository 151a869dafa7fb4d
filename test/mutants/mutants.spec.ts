import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { MUTANTS } from './mutants.mjs';

const ROOT = resolve(__dirname, '../..');

describe('a bug to be planted', () => {
  it.each(MUTANTS)('has one place in the sources of today: $name', ({ file, find }) => {
    const source = readFileSync(resolve(ROOT, file), 'utf8');
    expect(source.split(find)).toHaveLength(2);
  });
});
