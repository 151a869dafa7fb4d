import { writeFileSync } from 'node:fs';

import type { FaultReport } from './fault';

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

/** Writes the table, and the reports as JSON where they are asked for. */
export function writeReports(reports: readonly FaultReport[], json: string | undefined): void {
  process.stdout.write(`\n${tableOf(reports)}\n${detailsOf(reports)}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(reports, undefined, 2)}\n`);
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
    report.fault,
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

const titleOf = ({ fault, seed }: FaultReport): string => `${fault} seed ${seed}`;

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
