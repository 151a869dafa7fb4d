/** `npm run bench`: all measurements; `npm run bench -- rounds idle`: only those. */
import { setUp } from '../scripts/demo/setup.mjs';
import { title } from '../scripts/demo/terminal.mjs';
import { inWorkplace } from '../scripts/demo/workplace.mjs';
import { machine, report } from './report.mjs';

const BENCHES = [
  'rounds',
  'rounds-of-two',
  'idle',
  'budget',
  'memory',
  'objects',
  'transports',
  'overload',
];

const unknown = process.argv.slice(2).filter((name) => !BENCHES.includes(name));
if (unknown.length > 0) {
  process.stderr.write(
    `no bench is called ${unknown.join(', ')}; there are ${BENCHES.join(', ')}\n`,
  );
  process.exit(2);
}
const wanted = process.argv.length > 2 ? process.argv.slice(2) : BENCHES;
const missed = [];

/** Each in a directory and with processes of its own, so that none disturbs the next. */
async function runBench(name) {
  await inWorkplace(`superlink-bench-${name}`, async ({ household, directory }) => {
    title(`bench ${name}`);
    const tools = await setUp(household);
    // not before: on a fresh clone there is nothing built to import
    const { measure } = await import(`./${name}.mjs`);
    const before = machine();
    const isGood = report(name, { before, ...(await measure({ household, directory, ...tools })) });
    if (!isGood) missed.push(name);
    return true;
  });
  return process.exitCode === 0;
}

for (const name of wanted) {
  if (!(await runBench(name))) process.exit(1);
}
if (missed.length > 0) {
  process.stderr.write(`goals missed: ${missed.join(', ')}\n`);
  process.exitCode = 1;
}
