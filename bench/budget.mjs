/** Statements and commits of each RPC, as the test counts them that holds them to the budget. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../scripts/demo/setup.mjs';

const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
const TEST = 'test/integration/statement-budget';
const SHOWN_NAMES = 70;

/** See `report` for what is returned. */
export async function measure({ household, directory }) {
  const file = join(directory, 'budget.json');
  const args = [VITEST, 'run', '--project', 'integration', TEST];
  const env = { ...process.env, STATEMENT_BUDGET_FILE: file };
  const test = household.start('vitest', process.execPath, args, { cwd: ROOT, env });
  const { code } = await test.exited;
  const calls = JSON.parse(readFileSync(file, 'utf8'));
  const rows = calls.map(({ label, outcome, statements, commits }) => [
    label,
    String(statements.length),
    String(commits),
    outcome,
    statements.join(', ').slice(0, SHOWN_NAMES),
  ]);
  const heading = ['RPC', 'statements', 'commits', 'outcome', 'which'];
  const text = `${TEST}${code === 0 ? '' : `\n${test.tail(40)}`}`;
  return {
    tables: [{ heading: 'Statements and commits of each RPC', rows: [heading, ...rows] }],
    goals: [{ holds: code === 0, text: `the budget holds: ${text}` }],
    data: { calls },
  };
}
