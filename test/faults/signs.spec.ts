import { readFileSync } from 'node:fs';

import { FAULTS } from './faults/all';
import { nameOf } from './metrics-watch';

/** The rows of docs/metrics.md by the faults that they name. */
function rowsOf(document: string): Map<string, string> {
  const rows = document.split('\n').flatMap((line) => {
    const [, ids = '', text = ''] = /^\| ((?:(?:[A-Z]\d+|LO|PB)[ :])+)(.*)$/.exec(line) ?? [];
    return ids
      .split(/[ :]+/)
      .filter((id) => id !== '')
      .map((id) => [id, text] as const);
  });
  return new Map(rows);
}

describe('docs/metrics.md', () => {
  const rows = rowsOf(readFileSync('docs/metrics.md', 'utf8'));

  it.each(FAULTS.filter(({ shownBy }) => shownBy !== undefined))(
    'says what shows $id',
    ({ id, shownBy = [] }) => {
      expect(rows.has(id)).toBe(true);
      for (const sign of shownBy) expect(rows.get(id), nameOf(sign)).toContain(`\`${sign.name}`);
    },
  );
});
