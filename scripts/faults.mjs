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
import { parseArgs } from 'node:util';

import { recordPlays } from './faults-table.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const SOAK_MINUTES = 30;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    balancer: { type: 'string' },
    json: { type: 'string' },
    minutes: { type: 'string' },
    record: { type: 'boolean' },
  },
});

/** `--seed 7` is that one, `--seeds 20` are the first twenty. */
function seeds() {
  if (values.seed !== undefined) return [Number(values.seed)];
  return Array.from({ length: Number(values.seeds ?? 1) }, (_, index) => index + 1);
}

/** What is played against; with a `+` if files were changed since. */
function commitOfHere() {
  const args = ['describe', '--always', '--exclude=*', '--abbrev=10', '--dirty=+'];
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
}

function planOf(json) {
  return { ...whatIsAsked(), balancer: values.balancer, json, commit: commitOfHere() };
}

function whatIsAsked() {
  if (positionals[0] === 'soak') {
    return { faults: [], soakMinutes: Number(values.minutes ?? SOAK_MINUTES) };
  }
  // without a fault's name it is the plan of `npm test`, which has its own seeds
  return positionals.length > 0 ? { faults: positionals, seeds: seeds() } : {};
}

/** Plays; resolves with the exit code. A fresh clone has no generated code, and the load of F29 comes out of the build. */
function play(json) {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' });
  const args = ['run', '--project', 'faults', 'test/faults/faults.spec.ts'];
  const child = spawn(join(ROOT, 'node_modules', '.bin', 'vitest'), args, {
    cwd: ROOT,
    env: { ...process.env, FAULTS_PLAN: JSON.stringify(planOf(json)) },
    stdio: 'inherit',
  });
  return new Promise((done) => child.on('close', (code) => done(code ?? 1)));
}

const readReports = (path) => JSON.parse(readFileSync(path, 'utf8'));

async function main() {
  if (positionals[0] === 'record') {
    await recordPlays(positionals.slice(1).flatMap(readReports));
    return 0;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'superlink-faults-'));
  try {
    const json = values.json === undefined ? join(scratch, 'reports.json') : resolve(values.json);
    const code = await play(json);
    if (values.record) await recordPlays(readReports(json));
    return code;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exitCode = await main();
