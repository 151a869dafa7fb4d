// `npm run test:mutants`: plants one bug after the other in a copy of the sources, and tells which test notices.
import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { MUTANTS } from '../test/mutants/mutants.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const COPIED = ['src', 'test', 'scripts', 'proto', 'examples', 'docker', 'package.json'];
const CONFIGURATION = [
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'vitest.config.mts',
];
const LIMIT_MILLISECONDS = 10 * 60_000;

/** A copy that bugs can be planted in, without the caches and the history, with the code that is made from `proto`. */
function copySources() {
  execFileSync('npm', ['run', '--silent', 'generate'], { cwd: ROOT, stdio: 'inherit' });
  const folder = mkdtempSync(join(tmpdir(), 'superlink-mutants-'));
  for (const name of [...COPIED, ...CONFIGURATION]) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Runs tests in `folder`; resolves with the names of all that ran and of those that failed. */
async function runTests(folder, { project, spec, test }) {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const args = [
    'run',
    '--project',
    project,
    '--reporter=json',
    `--outputFile.json=${report}`,
    spec,
  ];
  if (test !== undefined) args.push('-t', test);
  const vitest = join(folder, 'node_modules/.bin/vitest');
  const output = [];
  await new Promise((done, fail) => {
    const child = spawn(vitest, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => output.push(text));
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MILLISECONDS);
    child.on('error', fail);
    child.on('close', () => {
      clearTimeout(timer);
      done();
    });
  });
  if (!existsSync(report)) throw new Error(`vitest wrote no report:\n${Buffer.concat(output)}`);
  const tests = JSON.parse(readFileSync(report, 'utf8')).testResults.flatMap(
    ({ assertionResults }) => assertionResults,
  );
  const withStatus = (status) =>
    tests.filter((each) => each.status === status).map(({ fullName }) => fullName.trim());
  return {
    passed: withStatus('passed'),
    failed: withStatus('failed'),
    output: Buffer.concat(output).toString(),
  };
}

/** Plants the bug; returns how to take it out again. */
function plant(folder, { name, file, find, replace }) {
  const path = join(folder, file);
  const before = readFileSync(path, 'utf8');
  const parts = before.split(find);
  if (parts.length !== 2) {
    throw new Error(
      `${name}: its place stands in ${file} ${parts.length - 1} times; mend test/mutants`,
    );
  }
  writeFileSync(path, parts.join(replace));
  return () => writeFileSync(path, before);
}

const seconds = (start) => `${((performance.now() - start) / 1_000).toFixed(0)} s`;

/** What the tests say without any bug: else a failure would prove nothing. */
async function checkSound(folder, mutants) {
  const suites = new Map(
    mutants.map(({ project, spec, test }) => [
      `${project} ${spec} ${test}`,
      { project, spec, test },
    ]),
  );
  for (const suite of suites.values()) {
    const start = performance.now();
    const { passed, failed, output } = await runTests(folder, suite);
    console.log(
      `sound    ${suite.spec} ${suite.test ?? ''} (${passed.length} tests, ${seconds(start)})`,
    );
    if (passed.length === 0 || failed.length > 0) {
      throw new Error(
        `${suite.spec} is not green without a bug: ${failed.join('; ') || `no test ran\n${output}`}`,
      );
    }
  }
}

/** True if a test noticed. */
async function tryMutant(folder, mutant) {
  const start = performance.now();
  const remove = plant(folder, mutant);
  try {
    const { failed } = await runTests(folder, mutant);
    const verdict = failed.length > 0 ? 'noticed ' : 'MISSED  ';
    const by = failed.length > 0 ? `by "${failed[0]}"` : `by nobody in ${mutant.spec}`;
    console.log(`${verdict} ${mutant.name} ${by} (${seconds(start)})`);
    return failed.length > 0;
  } finally {
    remove();
  }
}

function choose(words) {
  if (words.length === 0) return MUTANTS;
  const chosen = MUTANTS.filter(({ name }) => words.some((word) => name.includes(word)));
  if (chosen.length > 0) return chosen;
  console.error(
    `no bug is called so; there are:\n${MUTANTS.map(({ name }) => `  ${name}`).join('\n')}`,
  );
  process.exit(2);
}

async function main() {
  const mutants = choose(process.argv.slice(2));
  const folder = copySources();
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  await checkSound(folder, mutants);
  let noticed = 0;
  for (const mutant of mutants) noticed += (await tryMutant(folder, mutant)) ? 1 : 0;
  console.log(`${noticed} of ${mutants.length} planted bugs noticed`);
  return noticed === mutants.length ? 0 : 1;
}

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.on(signal, () => process.exit(exitCode));
}
process.exitCode = await main();
