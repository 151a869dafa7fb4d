import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ControlService } from '../../src/generated/flwr/proto/control';
import { FleetService } from '../../src/generated/flwr/proto/fleet';
import { RuntimeService } from '../../src/generated/flwr/proto/runtime';
import { httpPathOf } from '../../src/rpc/http/http-path';
import { RESPONSES_ROUTE } from '../../src/rpc/http/http-routes';
import { type Manifest, readYaml, renderFile } from './helm';

const NGINX = 'nginx.ingress.kubernetes.io/';
const ENABLED = { enabled: true };
const BASE = { global: { domain: 'example.com' }, tls: { existingSecret: 'superlink-tls' } };
/** What it takes to show the runtime API. */
const GUARDED = {
  superexecAuthSecret: { existingSecret: 'superexec' },
  networkPolicy: { serverAppIo: [{ ipBlock: { cidr: '10.0.0.0/24' } }] },
};
const INGRESSES = {
  ...BASE,
  superlink: {
    ...GUARDED,
    ingress: { serverAppIo: ENABLED, fleet: ENABLED, control: ENABLED, http: ENABLED },
  },
};
const ROUTES = {
  ...BASE,
  superlink: GUARDED,
  gatewayApi: {
    ...ENABLED,
    serverAppIo: { ...ENABLED, kind: 'GRPCRoute' },
    control: { ...ENABLED, kind: 'GRPCRoute' },
  },
};

type RpcsOf = Readonly<Record<string, { readonly path: string }>>;

/** Where the RPCs of a service are served over HTTP. */
const pathsOf = (service: RpcsOf): string[] =>
  Object.values(service).flatMap(({ path }) => httpPathOf(path) ?? []);

interface IngressSpec {
  readonly rules: readonly { readonly http: { readonly paths: readonly { path: string }[] } }[];
}

interface RouteSpec {
  readonly rules: readonly { readonly matches: readonly { path: { value: string } }[] }[];
}

const ingressPaths = ({ rules }: IngressSpec): string[] =>
  rules.flatMap(({ http }) => http.paths.map(({ path }) => path));
const routePaths = ({ rules }: RouteSpec): string[] =>
  rules.flatMap(({ matches }) => matches.map(({ path }) => path.value));

describe('what the Helm chart shows to the outside', () => {
  const folder = mkdtempSync(join(tmpdir(), 'superlink-exposure-'));
  const render = async (values: object): Promise<Manifest[]> =>
    readYaml<Manifest>(await renderFile(folder, values));
  const named = (manifests: readonly Manifest[], kind: string, name: string): Manifest =>
    manifests.find((each) => each.kind === kind && each.metadata.name === name)!;
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['Ingress', 'HTTPRoute'])('is by %s what CLIs and SuperNodes call', async (kind) => {
    const { spec } = named(
      await render(kind === 'Ingress' ? INGRESSES : ROUTES),
      kind,
      'superlink-http',
    );
    const shown =
      kind === 'Ingress'
        ? ingressPaths(spec as unknown as IngressSpec)
        : routePaths(spec as unknown as RouteSpec);
    const isShown = (path: string): boolean =>
      shown.some((prefix) => path.startsWith(prefix === '/' ? prefix : `${prefix}/`));
    const called = [...pathsOf(ControlService), ...pathsOf(FleetService)];
    expect(called.filter((path) => !isShown(path))).toEqual([]);
    const own = [...pathsOf(RuntimeService), RESPONSES_ROUTE, '/health/live', '/metrics'];
    expect(own.filter(isShown)).toEqual([]);
  });

  it('takes models of any size through ingress-nginx as they come, and streams that are silent for hours', async () => {
    const manifests = await render(INGRESSES);
    for (const api of ['http', 'fleet', 'control', 'serverappio']) {
      const { annotations } = named(manifests, 'Ingress', `superlink-${api}`).metadata;
      expect(annotations).toHaveProperty([`${NGINX}proxy-body-size`], '0');
      expect(annotations).toHaveProperty([`${NGINX}proxy-read-timeout`], '86400');
    }
    const { annotations } = named(manifests, 'Ingress', 'superlink-http').metadata;
    expect(annotations).toHaveProperty([`${NGINX}proxy-request-buffering`], 'off');
  });

  it('leaves the last word to annotations of yours', async () => {
    const annotations = { [`${NGINX}proxy-body-size`]: '1g', mine: 'too' };
    const manifests = await render({
      ...BASE,
      superlink: { ingress: { http: { ...ENABLED, annotations } } },
    });
    expect(named(manifests, 'Ingress', 'superlink-http').metadata.annotations).toEqual({
      ...annotations,
      [`${NGINX}backend-protocol`]: 'HTTPS',
      [`${NGINX}proxy-read-timeout`]: '86400',
      [`${NGINX}proxy-request-buffering`]: 'off',
    });
  });

  it('is reached by gateways with the TLS that replicas serve', async () => {
    const policies = (manifests: readonly Manifest[]): unknown[] =>
      manifests.filter(({ kind }) => kind === 'BackendTLSPolicy').map(({ spec }) => spec);
    const reach = (api: string, validation: object): object => ({
      targetRefs: [{ group: '', kind: 'Service', name: `superlink-${api}` }],
      validation: { hostname: `${api}.example.com`, ...validation },
    });
    const byHosts = { wellKnownCACertificates: 'System' };
    expect(policies(await render(ROUTES))).toEqual([
      reach('control', byHosts),
      reach('http', byHosts),
    ]);
    const byYours = { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'superlink-ca' }] };
    const gatewayApi = { ...ENABLED, backendTls: { caConfigMap: 'superlink-ca' } };
    expect(policies(await render({ ...BASE, gatewayApi }))).toEqual([reach('http', byYours)]);
    expect(
      policies(await render({ ...ROUTES, superlink: { ...GUARDED, insecure: true } })),
    ).toEqual([]);
  });

  it('is the HTTP port of the plain manifests by the TLS that they serve', async () => {
    const plain = await readYaml<Manifest>('k8s/gateway.yaml');
    const policy = named(plain, 'BackendTLSPolicy', 'superlink-http');
    const { hostnames } = named(plain, 'HTTPRoute', 'superlink-http').spec!;
    expect(policy.spec).toMatchObject({ validation: { hostname: (hostnames as string[])[0] } });
  });

  it.each([
    { networkPolicy: { http: [{ podSelector: {} }] } },
    { superexecAuthSecret: { existingSecret: 'superexec' } },
  ])('is the HTTP port where the runtime API is guarded (%#)', async (guard) => {
    const service = { http: { type: 'LoadBalancer' } };
    const manifests = await render({ ...BASE, superlink: { ...guard, service } });
    expect(named(manifests, 'Service', 'superlink-http').spec).toMatchObject({
      type: 'LoadBalancer',
    });
  });

  it.each([
    { superlink: { service: { serverAppIo: { type: 'LoadBalancer' } } } },
    { superlink: { ingress: { serverAppIo: ENABLED } } },
    { gatewayApi: { ...ENABLED, serverAppIo: ENABLED } },
  ])('is the runtime API only with a secret, and to those who are named (%#)', async (values) => {
    const superlink = 'superlink' in values ? values.superlink : {};
    const rendered = (guard: object): Promise<Manifest[]> =>
      render({ ...BASE, ...values, superlink: { ...superlink, ...guard } });
    const { superexecAuthSecret } = GUARDED;
    await expect(rendered({})).rejects.toThrow(/set superlink.superexecAuthSecret/);
    await expect(rendered({ superexecAuthSecret })).rejects.toThrow(/name who may reach it/);
    await expect(rendered(GUARDED)).resolves.toBeDefined();
  });
});
