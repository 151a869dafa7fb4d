/** JSON schemas by which manifests and compose files are checked, and a Python that reads YAML. */
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

import { CACHE, withLock } from '../flower/cache.mjs';
import { ensureVenv } from '../flower/stock-environment.mjs';
import { ensureComposeGo, ensureGatewayApi, ensureKubeconformSource } from './go-tools.mjs';

const run = promisify(execFile);
// It carries the schemas of Kubernetes 1.25 to 1.37, and needs PyYAML and jsonschema.
const SCHEMAS = ['kubernetes-validate==1.37.0', 'PyYAML==6.0.3', 'jsonschema==4.26.0'];
const GATEWAY_API = /(routes|policies)\.yaml$/;

/** Path of a Python with PyYAML and jsonschema. */
export async function ensureYamlPython() {
  return join(await ensureVenv('schemas', [SCHEMAS], () => {}), 'bin', 'python');
}

/**
 * Makes a folder of the cache once; `fill` gets the path of an empty one. Returns its path.
 */
async function ensureFolder(name, fill) {
  const folder = join(CACHE, 'tools', name);
  if (existsSync(folder)) return folder;
  mkdirSync(join(CACHE, 'tools'), { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const unfinished = `${folder}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    await fill(unfinished);
    renameSync(unfinished, folder);
  });
  return folder;
}

/** Of one release of Kubernetes. Their ids and references name folders of a server, where ours are all in one. */
function kubernetesSchemas(version) {
  return ensureFolder(`kubernetes-${version}`, async (folder) => {
    const script =
      'import kubernetes_validate, os; print(os.path.dirname(kubernetes_validate.__file__))';
    const { stdout } = await run(await ensureYamlPython(), ['-c', script]);
    const source = join(stdout.trim(), 'kubernetes-json-schema', `v${version}-local-strict`);
    for (const name of readdirSync(source)) {
      const text = readFileSync(join(source, name), 'utf8');
      const schema = JSON.parse(text.replaceAll('"/api/_definitions', '"_definitions'));
      delete schema.$id;
      writeFileSync(join(folder, name), JSON.stringify(schema));
    }
  });
}

/** Of the routes and policies of the Gateway API's standard channel. */
async function gatewaySchemas() {
  const api = await ensureGatewayApi();
  return ensureFolder(`${basename(api)}-routes-and-policies`, async (folder) => {
    const source = join(api, 'config', 'crd', 'standard');
    const script = join(await ensureKubeconformSource(), 'scripts', 'openapi2jsonschema.py');
    const files = readdirSync(source).filter((name) => GATEWAY_API.test(name));
    const paths = files.map((name) => join(source, name));
    await run(await ensureYamlPython(), [script, ...paths], { cwd: folder });
  });
}

/** Where kubeconform is to look for schemas of a release of Kubernetes: values of its flag `-schema-location`. */
export async function ensureManifestSchemas(version) {
  return [
    join(await kubernetesSchemas(version), '{{.ResourceKind}}{{.KindSuffix}}.json'),
    join(await gatewaySchemas(), '{{.ResourceKind}}_{{.ResourceAPIVersion}}.json'),
  ];
}

/** Path of the schema of compose files. */
export async function ensureComposeSchema() {
  return join(await ensureComposeGo(), 'schema', 'compose-spec.json');
}
