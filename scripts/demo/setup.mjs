/** What a fresh clone lacks: npm packages, the build, stock Flower and Caddy. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import {
  ensureCaddy,
  ensureFlower,
  findPython,
  NEWEST_FLOWER,
} from '../flower/stock-environment.mjs';
import { say } from './terminal.mjs';

/** The repository. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PROGRAM = join(ROOT, 'dist', 'main.js');
const SOURCES = ['src', 'proto', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
const GENERATED = join(ROOT, 'src', 'generated');
const LEAST_NODE = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new Error(`Node ${LEAST_NODE.join('.')} or newer is needed; this is ${process.version}`);
}

function newestChange(path) {
  if (path === GENERATED) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

function isBuilt() {
  if (!existsSync(PROGRAM)) return false;
  const builtAt = statSync(PROGRAM).mtimeMs;
  return SOURCES.every((source) => newestChange(join(ROOT, source)) <= builtAt);
}

function hasPackages() {
  const require = createRequire(join(ROOT, 'package.json'));
  return ['pg', '@nestjs/cli'].every((name) => {
    try {
      return require.resolve(`${name}/package.json`) !== '';
    } catch {
      return false;
    }
  });
}

async function npm(household, args) {
  say(`npm ${args.join(' ')}`);
  await household.run(`npm-${args[0]}`, 'npm', args, { cwd: ROOT });
}

const RELEASE = /^1\.(3[1-9]|[4-9]\d)\.\d+$/;

/** The options of a script beside `--flwr VERSION`, and that: `{ flwr, …others }`. Throws a text for people. */
export function readArguments(others = {}) {
  const options = { flwr: { type: 'string', default: NEWEST_FLOWER }, ...others };
  const { values } = parseArgs({ options });
  if (!RELEASE.test(values.flwr))
    throw new Error(`--flwr takes a release from 1.31.0 on, not ${values.flwr}`);
  return values;
}

/**
 * Does all of it, what is there already is left alone. `version` is Flower's.
 * Returns `{ program, flower, caddy }`.
 */
export async function setUp(household, version) {
  checkNode();
  await findPython();
  // Not `npm ci`: it refuses a lock made where the registry lacks packages of other platforms.
  if (!hasPackages()) await npm(household, ['install', '--no-save']);
  if (!isBuilt()) await npm(household, ['run', 'build']);
  const flower = await ensureFlower({ version, say });
  const caddy = await ensureCaddy({ say });
  return { program: PROGRAM, flower, caddy };
}
