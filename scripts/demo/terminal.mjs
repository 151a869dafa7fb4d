/** What the demo says: one short line a step, with the seconds since its start. */
const startedAt = Date.now();
const isTerminal = process.stdout.isTTY === true && !process.env.NO_COLOR;
const paint = (code) => (text) => (isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);

const clock = () => dim(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`);

/** A step that was done or begins. */
export function say(text) {
  process.stdout.write(`${clock()}  ${text}\n`);
}

/** A heading before a group of steps. */
export function title(text) {
  process.stdout.write(`\n${bold(text)}\n`);
}

/** Rows of cells in columns; all but the first column are flush right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    process.stdout.write(`            ${cells.join('   ')}\n`);
  }
}

/** One thing that was checked; returns whether it held. */
export function check(holds, text) {
  process.stdout.write(`            ${holds ? green('ok  ') : red('NOT ')} ${text}\n`);
  return holds;
}
