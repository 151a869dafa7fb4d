/**
 * `npm run manifests`: writes the plain manifests in k8s/ as the chart renders them. With a folder, into that: by this the
 * tests see whether they are up to date.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { ensureHelm } from './go-tools.mjs';

const ROOT = resolve(import.meta.dirname, '..', '..');
const CHART = join(ROOT, 'k8s', 'chart', 'superlink-ha');
const VALUES = join(ROOT, 'k8s', 'plain-values.yaml');
// The oldest that the chart takes. A helm that was built from its module alone takes itself for that of 1.20.
const KUBERNETES = '1.30.0';
const NOTE = '# Made by `npm run manifests` from the chart and plain-values.yaml. Do not edit.\n';

/** Annotations that only Helm reads, all that the Job has. */
const HOOK = /^ {2}annotations:\n {4}helm\.sh\/hook: .*\n(?: {4}.*\n)*/m;

/** Which templates go into which file. */
const FILES = {
  'migration.yaml': ['migration'],
  'superlink.yaml': [
    ...['service-account', 'services', 'deployment', 'disruption-budget', 'network-policy'],
  ],
  'gateway.yaml': ['routes'],
};

const [folder = join(ROOT, 'k8s')] = process.argv.slice(2);
const helm = await ensureHelm();
for (const [name, templates] of Object.entries(FILES)) {
  const shown = templates.flatMap((each) => ['--show-only', `templates/${each}.yaml`]);
  const args = ['template', 'superlink', CHART, '--kube-version', KUBERNETES, '--values', VALUES];
  const rendered = execFileSync(helm, [...args, ...shown], { encoding: 'utf8' });
  writeFileSync(join(folder, name), NOTE + rendered.replace(HOOK, ''));
}
