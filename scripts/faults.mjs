// `npm run faults`: faults of the matrix, each in a federated run of stock programs.
//
//   npm run faults -- F1 --seed 7        one fault, with one seed
//   npm run faults -- F1 F12 --seeds 5   two faults, with the seeds 1 to 5
//   npm run faults -- all --seeds 20     all of them
//   npm run faults -- all --json FILE    the table as JSON, too
//
// Without arguments it plays what `npm test` plays. Ends with 0 if all passed.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = resolve(import.meta.dirname, '..');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    json: { type: 'string' },
  },
});

/** `--seed 7` is that one, `--seeds 20` are the first twenty. */
function seeds() {
  if (values.seed !== undefined) return [Number(values.seed)];
  return Array.from({ length: Number(values.seeds ?? 1) }, (_, index) => index + 1);
}

const plan = {
  ...(positionals.length > 0 && { faults: positionals }),
  seeds: seeds(),
  ...(values.json !== undefined && { json: resolve(values.json) }),
};
const args = ['run', '--project', 'faults', 'test/faults/faults.spec.ts'];
const child = spawn(join(ROOT, 'node_modules', '.bin', 'vitest'), args, {
  cwd: ROOT,
  env: { ...process.env, FAULTS_PLAN: JSON.stringify(plan) },
  stdio: 'inherit',
});
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
