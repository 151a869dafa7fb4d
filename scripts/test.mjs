// `npm test`: every check of the house in one go. `npm test -- lint unit` runs only those steps.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const REPORTS = mkdtempSync(join(tmpdir(), 'superlink-test-'));
const MINUTE = 60_000;

/**
 * In this order, the cheap ones first. A `tool` counts as one test; a `project` is one of
 * vitest.config.mts and counts what its report says. A step that outlives its limit is killed and
 * counts as a failure, so that a hung client cannot hold a CI machine.
 */
const STEPS = [
  { name: 'format', tool: ['prettier', '--check', '.'], limitMinutes: 5 },
  { name: 'lint', tool: ['eslint', '.', '--max-warnings', '0'], limitMinutes: 10 },
  { name: 'types', tool: ['tsc', '--noEmit'], limitMinutes: 5 },
  {
    name: 'modules',
    tool: ['depcruise', 'src', '--config', '.dependency-cruiser.cjs'],
    limitMinutes: 5,
  },
  { name: 'unit', project: 'unit', limitMinutes: 10 },
  { name: 'wire', project: 'wire', limitMinutes: 15 },
  { name: 'integration', project: 'integration', limitMinutes: 20, isStreamed: true },
  {
    name: 'integration-http',
    project: 'integration-http',
    limitMinutes: 20,
    isStreamed: true,
  },
  { name: 'oldest-postgres', project: 'oldest-postgres', limitMinutes: 15, isStreamed: true },
  { name: 'deployment', project: 'deployment', limitMinutes: 30, isStreamed: true },
  { name: 'differential', project: 'differential', limitMinutes: 30, isStreamed: true },
  { name: 'e2e', project: 'e2e', limitMinutes: 40, isStreamed: true },
  { name: 'faults', project: 'faults', limitMinutes: 30, isStreamed: true },
];

const ONE_PASSED = { passed: 1, failed: 0 };
const ONE_FAILED = { passed: 0, failed: 1 };

let running;

/** Ends a step with everything it has started: children get a process group of their own. */
function killGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (cause) {
    if (cause.code !== 'ESRCH') throw cause;
  }
}

/** Runs one command to its end; `output` is empty where it was streamed. */
function run(command, args, { isStreamed, limitMinutes }) {
  return new Promise((done) => {
    const chunks = [];
    const stdio = isStreamed ? 'inherit' : 'pipe';
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', stdio, stdio],
      detached: true,
    });
    running = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => chunks.push(chunk));
    }
    const timer = setTimeout(() => {
      chunks.push(Buffer.from(`\nkilled after ${limitMinutes} minutes\n`));
      killGroup(child, 'SIGKILL');
    }, limitMinutes * MINUTE);
    const finish = (isSuccess) => {
      clearTimeout(timer);
      done({ isSuccess, output: Buffer.concat(chunks).toString() });
    };
    child.on('error', (cause) => {
      chunks.push(Buffer.from(`${command}: ${cause.message}\n`));
      finish(false);
    });
    child.on('close', (code) => finish(code === 0));
  });
}

const binary = (name) => join(ROOT, 'node_modules', '.bin', name);

async function runTool(step) {
  const [name, ...args] = step.tool;
  const { isSuccess, output } = await run(binary(name), args, step);
  return { ...(isSuccess ? ONE_PASSED : ONE_FAILED), output };
}

/** Reads vitest's JSON report; `undefined` when vitest died before it wrote one. */
function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** One line for each test that failed and for each file that could not be loaded. */
function listFailures(report) {
  return (report?.testResults ?? []).flatMap((file) => {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    const path = relative(ROOT, file.name);
    if (failed.length === 0) return file.status === 'failed' ? [`${path}: ${file.message}`] : [];
    return failed.map(({ fullName, failureMessages }) => {
      const [reason = 'no reason given'] = (failureMessages[0] ?? '').split('\n');
      return `${path} > ${fullName}: ${reason}`;
    });
  });
}

/**
 * Counts a report without kindness: a skipped test, a todo, a file that could not be loaded, an
 * error outside of any test and a project without a test are failures.
 */
function countReport(report, isSuccess) {
  if (report === undefined) return ONE_FAILED;
  const brokenFiles = report.testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  ).length;
  const passed = report.numPassedTests;
  const failed = report.numTotalTests - passed + brokenFiles;
  const isSilentFailure = failed === 0 && (passed === 0 || !isSuccess);
  return { passed, failed: isSilentFailure ? 1 : failed };
}

function describeUnrun(report) {
  const titles = (report?.testResults ?? []).flatMap((file) =>
    file.assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ status, fullName }) => `${status}: ${file.name} > ${fullName}`),
  );
  return titles.length === 0 ? '' : `not run, which counts as failed:\n${titles.join('\n')}\n`;
}

async function runProject(step) {
  const path = join(REPORTS, `${step.name}.json`);
  const args = ['run', '--project', step.project, '--reporter=default', '--reporter=json'];
  args.push(`--outputFile.json=${path}`);
  const { isSuccess, output } = await run(binary('vitest'), args, step);
  const report = readReport(path);
  return {
    ...countReport(report, isSuccess),
    output: output + describeUnrun(report),
    failures: listFailures(report),
  };
}

const secondsSince = (start) => ((performance.now() - start) / 1_000).toFixed(1);

async function runStep(step) {
  const start = performance.now();
  console.log(`[${step.name}] starts`);
  const { passed, failed, output, failures } = await (step.tool ? runTool(step) : runProject(step));
  if (failed > 0) console.log(output.trimEnd());
  const verdict = failed === 0 ? 'ok' : 'FAILED';
  console.log(
    `[${step.name}] ${verdict}: ${passed} passed, ${failed} failed, ${secondsSince(start)} s`,
  );
  const named = failures?.length > 0 ? failures : ['see its output above'];
  return {
    passed,
    failed,
    failures: failed > 0 ? named.map((text) => `[${step.name}] ${text}`) : [],
  };
}

/** What a fresh clone lacks. It is no test, so it counts only when it fails. */
async function setUp() {
  const jobs = [['npm', ['run', 'build']]];
  // As in .ci/run, which says why this is not `npm ci`.
  if (!existsSync(join(ROOT, 'node_modules', '.package-lock.json'))) {
    jobs.unshift(['npm', ['install', '--no-save']]);
  }
  for (const [command, args] of jobs) {
    const start = performance.now();
    const label = `[set-up] ${command} ${args.join(' ')}`;
    console.log(`${label} starts`);
    const { isSuccess, output } = await run(command, args, { limitMinutes: 15 });
    if (!isSuccess) console.log(output.trimEnd());
    console.log(`${label} ${isSuccess ? 'ok' : 'FAILED'}: ${secondsSince(start)} s`);
    if (!isSuccess) return false;
  }
  return true;
}

function chooseSteps(names) {
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    const known = STEPS.map((step) => step.name).join(' ');
    console.error(`unknown step: ${unknown.join(' ')}; steps are: ${known}`);
    process.exit(2);
  }
  return names.length === 0 ? STEPS : STEPS.filter((step) => names.includes(step.name));
}

async function main() {
  const steps = chooseSteps(process.argv.slice(2));
  const total = { passed: 0, failed: 0, failures: [] };
  const add = ({ passed, failed, failures }) => {
    total.passed += passed;
    total.failed += failed;
    total.failures.push(...failures);
  };
  if (!(await setUp())) add({ ...ONE_FAILED, failures: ['[set-up] see its output above'] });
  for (const step of steps) add(await runStep(step));
  // Last, because CI keeps the end of a long log and drops its middle.
  for (const failure of total.failures) console.log(`failed: ${failure}`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.on(signal, () => {
    if (running !== undefined) killGroup(running, signal);
    process.exit(exitCode);
  });
}
process.on('exit', () => rmSync(REPORTS, { recursive: true, force: true }));
process.exitCode = await main();
