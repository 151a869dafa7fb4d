import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ensureHelm } from '../../scripts/deployment/go-tools.mjs';
import { ensureYamlPython } from '../../scripts/deployment/schemas.mjs';

const run = promisify(execFile);
const READ_YAML =
  'import json, sys, yaml; json.dump([d for d in yaml.safe_load_all(open(sys.argv[1])) if d], sys.stdout)';

/** The oldest Kubernetes that the chart takes. */
export const OLDEST_KUBERNETES = '1.30.0';
/** The chart's folder. */
export const CHART = 'k8s/chart/superlink-ha';

/** A Kubernetes object, as far as the tests look into it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
}

export interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly [probe: string]: unknown;
}

interface PodSpec {
  readonly containers: readonly [Container];
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly unknown[];
}

/** The documents of a YAML file. */
export async function readYaml<Document>(path: string): Promise<Document[]> {
  const { stdout } = await run(await ensureYamlPython(), ['-c', READ_YAML, path]);
  return JSON.parse(stdout) as Document[];
}

/**
 * What `helm template` makes of values, written as JSON, for a release called superlink: the path of the file, in the
 * folder. Rejects with what helm says.
 */
export async function renderFile(folder: string, values: object): Promise<string> {
  const given = join(folder, 'values.json');
  writeFileSync(given, JSON.stringify(values));
  const args = ['template', 'superlink', CHART, '--kube-version', OLDEST_KUBERNETES];
  const { stdout } = await run(await ensureHelm(), [...args, '--values', given], {
    maxBuffer: 1 << 24,
  });
  const path = join(folder, 'rendered.yaml');
  writeFileSync(path, stdout);
  return path;
}

/** The Pods that an object describes. */
export function podOf(manifests: readonly Manifest[], kind: 'Deployment' | 'Job'): PodSpec {
  const { spec } = manifests.find((each) => each.kind === kind)!;
  return (spec as { template: { spec: PodSpec } }).template.spec;
}
