import { readFileSync } from 'node:fs';

import { configurationDocument } from './configuration-document';

it('docs/configuration.md says what the table says; run scripts/write-configuration-doc.mjs if not', () => {
  expect(readFileSync('docs/configuration.md', 'utf8')).toBe(configurationDocument());
});
