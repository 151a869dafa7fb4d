import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ensureHelm, ensureKubeconform } from '../../scripts/deployment/go-tools.mjs';
import { ensureManifestSchemas } from '../../scripts/deployment/schemas.mjs';
import { environmentOf, SETTING_KEYS } from '../../src/config/settings';
import { readCommandLine } from '../../src/program/command-line';
import { CHART, type Manifest, OLDEST_KUBERNETES, podOf, readYaml, renderFile } from './helm';
import { ALL, TLS } from './values';

const run = promisify(execFile);
const PLAIN = ['migration.yaml', 'superlink.yaml', 'gateway.yaml'];
/** The newest is that whose schemas there are. */
const KUBERNETES = [OLDEST_KUBERNETES, '1.37.0'];

describe('the Helm chart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'superlink-chart-'));
  const render = async (values: object): Promise<Manifest[]> =>
    readYaml<Manifest>(await renderFile(folder, values));
  const conform = async (version: string, ...paths: string[]): Promise<string> => {
    const locations = (await ensureManifestSchemas(version)).flatMap((each) => [
      '-schema-location',
      each,
    ]);
    // Its definition comes from no registry that can be reached here.
    const flags = [
      '-strict',
      '-summary',
      '-skip',
      'ServiceMonitor',
      '-kubernetes-version',
      version,
    ];
    const { stdout } = await run(await ensureKubeconform(), [...flags, ...locations, ...paths]);
    return stdout;
  };
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['as few values as possible', TLS],
    ['everything switched on', ALL],
  ])('passes helm lint with %s', async (_, values) => {
    await renderFile(folder, values);
    const given = ['--kube-version', OLDEST_KUBERNETES, '--values', join(folder, 'values.json')];
    const { stdout } = await run(await ensureHelm(), ['lint', '--strict', CHART, ...given]);
    expect(stdout).toContain('0 chart(s) failed');
  });

  it('is what the plain manifests were made from', async () => {
    await run(process.execPath, ['scripts/deployment/render-manifests.mjs', folder]);
    for (const name of PLAIN) {
      const made = readFileSync(join(folder, name), 'utf8');
      expect(readFileSync(join('k8s', name), 'utf8'), 'run `npm run manifests`').toBe(made);
    }
  });

  it.each(KUBERNETES)('makes what the schemas of Kubernetes %s allow', async (version) => {
    const rendered = [await renderFile(folder, ALL), ...PLAIN.map((name) => join('k8s', name))];
    expect(await conform(version, ...rendered)).toMatch(
      /Valid: \d\d, Invalid: 0, Errors: 0, Skipped: 1/,
    );
  });

  it('is checked by schemas that find what is wrong', async () => {
    const wrong = join(folder, 'wrong.yaml');
    const bad = { superlink: { updateStrategy: { type: 'RollingUpdate', rolling: {} } } };
    await run('cp', [await renderFile(folder, { ...TLS, ...bad }), wrong]);
    const report = await conform(OLDEST_KUBERNETES, wrong).catch(
      (cause: unknown) => (cause as { stdout: string }).stdout,
    );
    expect(report).toMatch(/Deployment superlink is invalid: .*'rolling' not allowed/);
    expect(report).toMatch(/Invalid: 1, Errors: 0/);
  });

  it.each([TLS, { superlink: { insecure: true } }, ALL])(
    'gives the program flags and variables that it knows (%#)',
    async (values) => {
      const manifests = await render(values);
      const known = new Set(SETTING_KEYS.map(environmentOf));
      for (const kind of ['Deployment', 'Job'] as const) {
        const { args, env } = podOf(manifests, kind).containers[0];
        expect(readCommandLine(args, '0.1.0').command).toBe(kind === 'Job' ? 'migrate' : 'serve');
        const ours = env.filter(({ name }) => /^(FLWR|SUPERLINK)_/.test(name));
        expect(ours.filter(({ name }) => !known.has(name))).toEqual([]);
      }
    },
  );

  it('gives a replica the time to drain that it takes', async () => {
    const pod = podOf(await render({ ...TLS, superlink: { drainSeconds: 300 } }), 'Deployment');
    expect(pod.containers[0].args).toContain('--drain-seconds=300');
    expect(pod.containers[0]['lifecycle']).toEqual({ preStop: { sleep: { seconds: 5 } } });
    expect(pod.terminationGracePeriodSeconds).toBe(315);
  });

  it.each([
    [TLS, 'HTTPS'],
    [{ superlink: { insecure: true } }, 'HTTP'],
  ])('probes by TLS when replicas serve it (%#)', async (values, scheme) => {
    const [container] = podOf(await render(values), 'Deployment').containers;
    for (const [probe, path] of [
      ['startupProbe', '/health/startup'],
      ['livenessProbe', '/health/live'],
      ['readinessProbe', '/health/ready'],
    ] as const) {
      expect(container[probe]).toMatchObject({ httpGet: { path, port: 'http', scheme } });
    }
  });

  it('runs without root, without a writable file system and without a right', async () => {
    const manifests = await render(ALL);
    for (const kind of ['Deployment', 'Job'] as const) {
      const pod = podOf(manifests, kind);
      expect(pod).toMatchObject({ automountServiceAccountToken: false });
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 49999 });
      expect(pod.containers[0]['securityContext']).toEqual({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('migrates before replicas come, which then do not', async () => {
    const manifests = await render(TLS);
    const job = manifests.find(({ kind }) => kind === 'Job')!;
    expect(job.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade' });
    expect(podOf(manifests, 'Deployment').containers[0].args).toContain('--no-migrate');
    const without = await render({ ...TLS, migrations: { job: false } });
    expect(without.filter(({ kind }) => kind === 'Job')).toEqual([]);
    expect(podOf(without, 'Deployment').containers[0].args).not.toContain('--no-migrate');
  });

  it('has a Job for Helm that is a plain one for those without', async () => {
    const [job] = await readYaml<Manifest>('k8s/migration.yaml');
    expect(job).toMatchObject({ kind: 'Job', metadata: { name: 'superlink-migrate' } });
    expect(readFileSync('k8s/migration.yaml', 'utf8')).not.toContain('helm.sh/');
  });

  it.each([
    ['waits for its database', {}, 120],
    ['waits longer for its database', { database: { waitSeconds: 3600 } }, 3660],
    ['migrates by itself', { migrations: { job: false } }, 720],
    ['migrates for long', { migrations: { job: false, allowSeconds: 7200 } }, 7320],
    ['is probed less often', { superlink: { startupProbe: { periodSeconds: 7 } } }, 126],
    ['has a limit of yours', { superlink: { startupProbe: { failureThreshold: 5 } } }, 10],
  ])('does not kill a replica that %s', async (_, values, seconds) => {
    const manifests = await render({ ...TLS, ...values });
    const [{ args, startupProbe }] = podOf(manifests, 'Deployment').containers;
    const { periodSeconds, failureThreshold } = startupProbe as Readonly<Record<string, number>>;
    expect(periodSeconds! * failureThreshold!).toBe(seconds);
    const wait = `--database-wait-seconds=${'database' in values ? 3600 : 60}`;
    expect(args).toContain(wait);
    const job = 'migrations' in values ? undefined : podOf(manifests, 'Job').containers[0];
    expect(job?.args ?? [wait]).toContain(wait);
  });

  it('begins with no fewer replicas than the autoscaler would keep', async () => {
    const deployment = (manifests: readonly Manifest[]): Manifest =>
      manifests.find(({ kind }) => kind === 'Deployment')!;
    expect(deployment(await render(TLS)).spec).toMatchObject({ replicas: 3 });
    const autoscaling = { enabled: true, minReplicas: 5 };
    expect(deployment(await render({ ...ALL, autoscaling })).spec).toMatchObject({ replicas: 5 });
  });

  it.each(['Deployment', 'Job'] as const)('has a %s trust your PostgreSQL', async (kind) => {
    const { containers, volumes } = podOf(await render(ALL), kind);
    const mount = { name: 'database-ca', mountPath: '/etc/superlink/database', readOnly: true };
    expect(containers[0]['volumeMounts']).toContainEqual(mount);
    expect(volumes).toContainEqual({ name: 'database-ca', configMap: { name: 'postgres-ca' } });
  });

  it('names secrets and holds none', async () => {
    const manifests = await render(ALL);
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const { env } = podOf(manifests, 'Deployment').containers[0];
    expect(env.find(({ name }) => name === 'FLWR_DATABASE')).toEqual({
      name: 'FLWR_DATABASE',
      valueFrom: { secretKeyRef: { name: 'superlink-database', key: 'url' } },
    });
  });

  it.each([
    ['neither a certificate nor the word to do without', {}, /tls.existingSecret/],
    ['a value that it does not know', { ...TLS, replicaCount: 2 }, /replicaCount/],
    ['an API that is balanced in no way', { ...TLS, gatewayApi: { fleet: { kind: 'X' } } }, /kind/],
    [
      'a route by name without a name',
      { ...TLS, gatewayApi: { enabled: true } },
      /set a host for http/,
    ],
    [
      'to show the runtime API to everyone',
      { ...TLS, superlink: { service: { http: { type: 'LoadBalancer' } } } },
      /runtime API on http: set superlink.superexecAuthSecret/,
    ],
  ])('refuses %s', async (_, values, reason) => {
    await expect(renderFile(folder, values)).rejects.toThrow(reason);
  });
});
