/** Results as text for people and as JSON in bench/results. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

import { ROOT } from '../scripts/demo/setup.mjs';
import { check, say, table, title } from '../scripts/demo/terminal.mjs';

const RESULTS = join(ROOT, 'bench', 'results');
const GIB = 2 ** 30;

/** The machine, with the load that others put on it right now. */
export function machine() {
  return {
    node: process.version,
    cpus: cpus().length,
    cpu: cpus()[0].model,
    memoryGib: Math.round(totalmem() / GIB),
    loadAverage: loadavg().map((load) => Number(load.toFixed(2))),
  };
}

/** Median, least and most of some numbers. */
export function spread(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/**
 * Prints `tables` (`{ heading, rows }`, cells are texts) and `goals` (`{ holds, text }`) of one
 * measurement and keeps them with its raw `data`. True if all goals are met.
 */
export function report(name, { before, tables, goals, data }) {
  for (const { heading, rows } of tables) {
    title(heading);
    table(rows);
  }
  title(`Goals of ${name}`);
  const isGood = goals.map(({ holds, text }) => check(holds, text)).every(Boolean);
  mkdirSync(RESULTS, { recursive: true });
  const path = join(RESULTS, `${name}.json`);
  const content = { name, at: new Date().toISOString(), machineBefore: before, goals, ...data };
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  say(`load average before: ${before.loadAverage.join(' ')}; raw figures in ${path}`);
  return isGood;
}
