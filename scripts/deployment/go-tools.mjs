/** Programs and files that come as Go modules, of pinned versions: built once, into the cache. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { CACHE, withLock } from '../flower/cache.mjs';

const run = promisify(execFile);
const BUILD_MS = 30 * 60_000;

/** `go` needs no folder of a module: this works anywhere. */
async function go(args, env = {}) {
  try {
    const limits = { timeout: BUILD_MS, maxBuffer: 1 << 26 };
    const { stdout } = await run('go', args, { env: { ...process.env, ...env }, ...limits });
    return stdout;
  } catch (error) {
    if (error.code === 'ENOENT') {
      throw new Error('Go 1.26 or newer is needed to build helm and kubeconform: install it.', {
        cause: error,
      });
    }
    throw new Error(`go ${args.join(' ')} failed:\n${(error.stderr || error.message).trim()}`, {
      cause: error,
    });
  }
}

/** Path of a program, e.g. `helm` of `helm.sh/helm/v3/cmd/helm` at `v3.22.0`; built if the cache lacks it. */
async function ensureProgram(name, source, version) {
  const directory = join(CACHE, 'tools');
  const program = join(directory, `${name}-${version}`);
  if (existsSync(program)) return program;
  mkdirSync(directory, { recursive: true });
  await withLock(`${program}.lock`, async () => {
    if (existsSync(program)) return;
    const bin = `${program}.new`;
    await go(['install', '-trimpath', `${source}@${version}`], { GOBIN: bin });
    renameSync(join(bin, name), program);
    rmSync(bin, { recursive: true });
  });
  return program;
}

/** Folder of a module's files. */
async function ensureModule(path, version) {
  return JSON.parse(await go(['mod', 'download', '-json', `${path}@${version}`])).Dir;
}

const KUBECONFORM = ['github.com/yannh/kubeconform', 'v0.8.0'];

/** Path of helm. */
export const ensureHelm = () => ensureProgram('helm', 'helm.sh/helm/v3/cmd/helm', 'v3.22.0');

/** Path of kubeconform, which checks manifests by JSON schemas. */
export const ensureKubeconform = () =>
  ensureProgram('kubeconform', `${KUBECONFORM[0]}/cmd/kubeconform`, KUBECONFORM[1]);

/** Folder of kubeconform's own files; one is a script that makes JSON schemas of custom resources. */
export const ensureKubeconformSource = () => ensureModule(...KUBECONFORM);

/** Folder of the Gateway API's files. */
export const ensureGatewayApi = () => ensureModule('sigs.k8s.io/gateway-api', 'v1.6.3');

/** Folder of the reference implementation of compose files. */
export const ensureComposeGo = () =>
  ensureModule('github.com/compose-spec/compose-go/v2', 'v2.16.2');
