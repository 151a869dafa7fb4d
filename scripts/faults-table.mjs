/** The record of all plays, and the table of docs/faults.md that is made of it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { format, resolveConfig } from 'prettier';

const DOCS = join(resolve(import.meta.dirname, '..'), 'docs');
const DOC = join(DOCS, 'faults.md');
/** One play a line. */
const RECORD = join(DOCS, 'faults.jsonl');
/** What is kept of a report. */
const KEPT = [
  ...['fault', 'balancer', 'seed', 'name', 'commit', 'passed', 'seconds', 'stallSeconds'],
  ...['recoverySeconds', 'stockStallSeconds', 'retries', 'lost', 'doubled'],
];
const BETWEEN = /(<!-- table -->\n)[^]*(<!-- end of table -->)/;
const COLUMNS = ['passed', 'stall s', 'recovery s', 'stock stall s', 'retries', 'lost', 'doubled'];

/** The largest of the numbers that are known, with so many digits; empty if there is none. */
function most(values, digits = 0) {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length > 0 ? Math.max(...known).toFixed(digits) : '';
}

/** `F1`, or `F1 behind nginx`; HAProxy is not named. */
const placeOf = ({ fault, balancer }) => (balancer ? `${fault} behind ${balancer}` : fault);

/** One line for all plays of a fault behind a balancer: passed and played, and the worst of all else. */
function rowOf(plays) {
  const of = (name) => plays.map((play) => play[name]);
  const passed = plays.filter((play) => play.passed).length;
  return [
    placeOf(plays[0]),
    plays[0].name,
    `${passed} of ${plays.length}`,
    most(of('stallSeconds'), 1),
    most(of('recoverySeconds'), 1),
    most(of('stockStallSeconds'), 1),
    most(of('retries').map((retries) => retries && retries.probes + retries.stock)),
    most(of('lost')),
    most(of('doubled')),
  ];
}

/** `F9` before `F10`, what has no number last. */
const rank = (fault) => Number(/^F(\d+)$/.exec(fault)?.[1] ?? 1_000);

/** Markdown of the table for the reports of any number of plays. */
export function tableOf(reports) {
  const places = [...new Set(reports.map(placeOf))];
  const rows = places.map((place) => rowOf(reports.filter((report) => placeOf(report) === place)));
  const head = ['fault', '', ...COLUMNS];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Puts the table in its place in the document. */
async function writeTable(reports) {
  const text = readFileSync(DOC, 'utf8').replace(
    BETWEEN,
    (_, begin, end) => `${begin}\n${tableOf(reports)}\n\n${end}`,
  );
  const style = await resolveConfig(DOC);
  writeFileSync(DOC, await format(text, { ...style, parser: 'markdown' }));
}

function readRecord() {
  if (!existsSync(RECORD)) return [];
  return readFileSync(RECORD, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** By fault, those behind HAProxy first, and seed. */
const inOrder = (one, other) =>
  rank(one.fault) - rank(other.fault) ||
  (one.balancer ?? '').localeCompare(other.balancer ?? '') ||
  one.seed - other.seed;

/** Recorded plays with others added, each in place of an earlier one of the same fault, balancer and seed, in order. */
export function mergePlays(recorded, reports) {
  const plays = new Map();
  for (const report of [...recorded, ...reports.filter(({ fault }) => fault !== '-')]) {
    const kept = KEPT.map((name) => [name, report[name]]);
    plays.set(`${placeOf(report)} ${report.seed}`, Object.fromEntries(kept));
  }
  return [...plays.values()].toSorted(inOrder);
}

/** Adds plays to the record and writes the table anew. */
export async function recordPlays(reports) {
  const plays = mergePlays(readRecord(), reports);
  writeFileSync(RECORD, plays.map((play) => `${JSON.stringify(play)}\n`).join(''));
  await writeTable(plays);
}
