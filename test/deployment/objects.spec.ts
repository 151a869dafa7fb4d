import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Manifest, readYaml, renderFile } from './helm';
import { ALL } from './values';

type Spec = Readonly<Record<string, unknown>>;
/** What is expected of the specs of objects, by their kinds and names. */
type Specs = Readonly<Record<string, Spec>>;

/** Labels of the replicas' Pods, by which everything finds them. */
const REPLICAS = {
  'app.kubernetes.io/name': 'superlink',
  'app.kubernetes.io/instance': 'superlink',
  'app.kubernetes.io/component': 'superlink',
};
const MIGRATION = { ...REPLICAS, 'app.kubernetes.io/component': 'migration' };
const PORTS = { serverappio: 9091, fleet: 9092, control: 9093, http: 8000 };
type Api = keyof typeof PORTS;
const APIS = Object.keys(PORTS) as Api[];

const spread = (topologyKey: string): object => ({
  ...{ maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway' },
  labelSelector: { matchLabels: REPLICAS },
});
const allowed = (port: string, from?: object): object => ({
  ports: [{ port, protocol: 'TCP' }],
  ...(from && { from: [from] }),
});
const routeTo = (api: Api): Spec => ({
  rules: [{ backendRefs: [{ name: `superlink-${api}`, port: PORTS[api] }] }],
});
const tlsTo = (api: Api): Spec => ({
  targetRefs: [{ group: '', kind: 'Service', name: `superlink-${api}` }],
});
const ingressTo = (api: Api, ...paths: string[]): Spec => {
  const service = { name: `superlink-${api}`, port: { name: api } };
  const http = { paths: paths.map((path) => ({ path, backend: { service } })) };
  return { ingressClassName: 'nginx', rules: [{ host: `${api}.example.com`, http }] };
};

/** What there is whatever the values. */
const ALWAYS: Specs = {
  'ServiceAccount superlink': {},
  ...Object.fromEntries(
    APIS.map((api) => [
      `Service superlink-${api}`,
      { selector: REPLICAS, ports: [{ name: api, port: PORTS[api], targetPort: api }] },
    ]),
  ),
  'Service superlink-replicas': {
    ...{ clusterIP: 'None', selector: REPLICAS },
    ports: APIS.map((api) => ({ name: api, port: PORTS[api], targetPort: api })),
  },
  'Service superlink-metrics': {
    ...{ clusterIP: 'None', publishNotReadyAddresses: true, selector: REPLICAS },
    ports: [{ name: 'metrics', port: 9464, targetPort: 'metrics' }],
  },
  'Deployment superlink': {
    ...{ replicas: 3, selector: { matchLabels: REPLICAS } },
    template: {
      metadata: { labels: REPLICAS },
      spec: {
        serviceAccountName: 'superlink',
        topologySpreadConstraints: [
          spread('kubernetes.io/hostname'),
          spread('topology.kubernetes.io/zone'),
        ],
      },
    },
  },
  'PodDisruptionBudget superlink': { maxUnavailable: 1, selector: { matchLabels: REPLICAS } },
};

/** Its peers of ServerAppIo and of the database are given, those of the other APIs are everyone. */
const networkPolicy = (appIo: object, database: object): Spec => ({
  podSelector: { matchLabels: REPLICAS },
  policyTypes: ['Ingress', 'Egress'],
  ingress: [
    allowed('serverappio', appIo),
    ...['fleet', 'control', 'http'].map((api) => allowed(api)),
    allowed('metrics', { namespaceSelector: {} }),
  ],
  egress: [
    { ports: ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol })) },
    { ports: [{ port: 5432, protocol: 'TCP' }], ...database },
  ],
});

const EVERYTHING: Specs = {
  ...ALWAYS,
  'Job superlink-migrate': { template: { metadata: { labels: MIGRATION } } },
  'NetworkPolicy superlink': networkPolicy(
    { namespaceSelector: {} },
    { to: [{ ipBlock: { cidr: '10.0.0.0/24' } }] },
  ),
  'HorizontalPodAutoscaler superlink': {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'superlink' },
    ...{ minReplicas: 3, maxReplicas: 7 },
    metrics: [{ type: 'Resource', resource: { name: 'cpu' } }],
  },
  'Ingress superlink-serverappio': ingressTo('serverappio', '/'),
  'Ingress superlink-fleet': ingressTo('fleet', '/'),
  'Ingress superlink-control': ingressTo('control', '/'),
  'Ingress superlink-http': ingressTo('http', '/v1/control', '/v1/fleet'),
  'GRPCRoute superlink-serverappio': routeTo('serverappio'),
  'TLSRoute superlink-fleet': routeTo('fleet'),
  'TCPRoute superlink-control': routeTo('control'),
  'HTTPRoute superlink-http': routeTo('http'),
  'BackendTLSPolicy superlink-serverappio': tlsTo('serverappio'),
  'BackendTLSPolicy superlink-http': tlsTo('http'),
  'ServiceMonitor superlink': {
    selector: { matchLabels: { ...REPLICAS, 'superlink-ha/metrics': 'true' } },
    endpoints: [{ port: 'metrics', path: '/metrics' }],
  },
};

/** By file. */
const PLAIN: Readonly<Record<string, Specs>> = {
  'migration.yaml': { 'Job superlink-migrate': { template: { metadata: { labels: MIGRATION } } } },
  'superlink.yaml': {
    ...ALWAYS,
    'NetworkPolicy superlink': networkPolicy({ podSelector: {} }, {}),
  },
  'gateway.yaml': {
    'TCPRoute superlink-fleet': routeTo('fleet'),
    'TCPRoute superlink-control': routeTo('control'),
    'HTTPRoute superlink-http': routeTo('http'),
    'BackendTLSPolicy superlink-http': tlsTo('http'),
  },
};

/** That these are the objects, no fewer and no others, and that each is about what it should be about. */
function expectObjects(manifests: readonly Manifest[], expected: Specs): void {
  const found = manifests.map(({ kind, metadata, spec }) => [`${kind} ${metadata.name}`, spec]);
  expect(found.map(([name]) => name).toSorted()).toEqual(Object.keys(expected).toSorted());
  const specs = Object.fromEntries(found.map(([name, spec = {}]) => [name, spec])) as Specs;
  for (const [name, spec] of Object.entries(expected)) {
    expect(specs[name], name).toMatchObject(spec);
  }
}

describe('the objects', () => {
  const folder = mkdtempSync(join(tmpdir(), 'superlink-objects-'));
  afterAll(() => rm(folder, { recursive: true }));

  it('of the Helm chart with everything switched on are these, about the replicas', async () => {
    const manifests = await readYaml<Manifest>(await renderFile(folder, ALL));
    expectObjects(manifests, EVERYTHING);
    const metrics = manifests.find(({ metadata }) => metadata.name === 'superlink-metrics')!;
    expect(metrics.metadata.labels).toHaveProperty('superlink-ha/metrics', 'true');
  });

  it.each(Object.entries(PLAIN))('of %s are these', async (file, expected) => {
    expectObjects(await readYaml<Manifest>(join('k8s', file)), expected);
  });
});
