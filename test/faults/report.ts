import { writeFileSync } from 'node:fs';

import type { FaultReport } from './fault';
import type { ReportFile } from './plan';

const HEAD = [
  'fault',
  'seed',
  'verdict',
  'stall s',
  'recovery s',
  'retries',
  'stock stall s',
  'took s',
  '',
];

/** Says at once how a play went: hours may lie between the first and the table. */
export function tellReport(report: FaultReport): void {
  const { broken, seconds } = report;
  const verdict = report.passed ? 'passed' : `FAILED\n  ${broken.join('\n  ')}`;
  process.stdout.write(`${titleOf(report)} (${number(seconds)} s): ${verdict}\n`);
}

/** Writes the reports so far as JSON. */
export function keepReports(reports: readonly FaultReport[], { path, commit }: ReportFile): void {
  const kept = reports.map((report) => ({ ...report, commit }));
  writeFileSync(path, `${JSON.stringify(kept, undefined, 2)}\n`);
}

/** Shows the table. */
export function showReports(reports: readonly FaultReport[]): void {
  process.stdout.write(`\n${tableOf(reports)}\n${detailsOf(reports)}\n`);
}

/** One line a play, in columns that Markdown takes for a table. */
export function tableOf(reports: readonly FaultReport[]): string {
  const rows = [HEAD, ...reports.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const [head = '', ...lines] = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [head, rule, ...lines].join('\n');
}

function cellsOf(report: FaultReport): string[] {
  const { retries } = report;
  return [
    placeOf(report),
    String(report.seed),
    report.passed ? 'passed' : 'FAILED',
    number(report.stallSeconds),
    number(report.recoverySeconds),
    retries === null ? '' : `${retries.probes} + ${retries.stock}`,
    number(report.stockStallSeconds),
    number(report.seconds),
    report.name,
  ];
}

const number = (value: number | null): string => value?.toFixed(1) ?? '';

const titleOf = (report: FaultReport): string => `${placeOf(report)} seed ${report.seed}`;

/** `F1`, or `F1 behind nginx`. */
const placeOf = ({ fault, balancer }: FaultReport): string =>
  balancer === undefined ? fault : `${fault} behind ${balancer}`;

/** What broke, and what could not be told. */
function detailsOf(reports: readonly FaultReport[]): string {
  return reports
    .flatMap((report) => {
      const unknown = report.findings.filter(({ verdict }) => verdict === 'unknown');
      const title = titleOf(report);
      return [
        ...report.told.map((fact) => `${title}: ${fact}`),
        ...unknown.map(({ invariant }) => `${title}: not observed: ${invariant}`),
        ...report.broken.map((text) => `${title}: BROKEN: ${text}`),
      ];
    })
    .join('\n');
}
