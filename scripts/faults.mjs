// `npm run faults`: faults of the matrix, each in a federated run of stock programs.
//
//   npm run faults -- F1 --seed 7           one fault, with one seed
//   npm run faults -- F1 F12 --seeds 5      two faults, with the seeds 1 to 5
//   npm run faults -- F1 --balancer nginx   behind nginx, or caddy, instead of haproxy
//   npm run faults -- all --seeds 20        all of them
//   npm run faults -- all --json FILE       what came of it as JSON, too
//   npm run faults -- all --record          and in docs/faults.jsonl and the table of docs/faults.md
//   npm run faults -- record FILE...        only that, of what earlier plays wrote
//   npm run faults -- soak --minutes 30     runs one after the other, every other one disturbed
//
// Without arguments it plays what `npm test` plays. Ends with 0 if all passed.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { readArguments } from './faults-arguments.mjs';
import { recordPlays } from './faults-table.mjs';

const ROOT = resolve(import.meta.dirname, '..');

/** What is played against; with a `+` if files were changed since. */
function commitOfHere() {
  const args = ['describe', '--always', '--exclude=*', '--abbrev=10', '--dirty=+'];
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
}

/** Plays; resolves with the exit code. A fresh clone has no generated code, and the load of F29 comes out of the build. */
function play({ order, balancer }, json) {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' });
  const plan = { ...order, balancer, json, commit: commitOfHere() };
  const args = ['run', '--project', 'faults', 'test/faults/faults.spec.ts'];
  const child = spawn(join(ROOT, 'node_modules', '.bin', 'vitest'), args, {
    cwd: ROOT,
    env: { ...process.env, FAULTS_PLAN: JSON.stringify(plan) },
    stdio: 'inherit',
  });
  return new Promise((done) => child.on('close', (code) => done(code ?? 1)));
}

const readReports = (path) => JSON.parse(readFileSync(path, 'utf8'));

async function playAndKeep(asked) {
  const scratch = mkdtempSync(join(tmpdir(), 'superlink-faults-'));
  try {
    const json = asked.json === undefined ? join(scratch, 'reports.json') : resolve(asked.json);
    const code = await play(asked, json);
    if (asked.isToBeRecorded) await recordPlays(readReports(json));
    return code;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function main() {
  let asked;
  try {
    asked = readArguments(process.argv.slice(2));
  } catch (error) {
    console.error(error.message);
    return 2;
  }
  if (asked.files === undefined) return playAndKeep(asked);
  await recordPlays(asked.files.flatMap(readReports));
  return 0;
}

process.exitCode = await main();
