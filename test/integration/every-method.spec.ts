import { ControlService } from '../../src/generated/flwr/proto/control';
import { FleetService } from '../../src/generated/flwr/proto/fleet';
import { GrpcAdapterService } from '../../src/generated/flwr/proto/grpcadapter';
import { RuntimeService } from '../../src/generated/flwr/proto/runtime';
import { ServerAppIoService } from '../../src/generated/flwr/proto/serverappio';
import { httpPathOf } from '../../src/rpc/http/http-path';
import { UPSTREAM_METHODS, UPSTREAM_ROUTES } from '../fixtures/upstream-api';
import { useCluster } from '../support/cluster';
import { GrpcClients } from '../support/grpc-client';
import { type RpcShape, sendRaw } from './bad-input/raw-call';

/** Routes of upstream that are not served; docs/protocol.md says why. */
const LEFT_OUT = new Set(['/v1/runtime/responses', '/v1/runtime/get-run']);
/** gRPC's own words for a method that nobody handles. */
const NO_HANDLER = /does not implement/;

const SERVICES: readonly Readonly<Record<string, RpcShape>>[] = [
  ControlService,
  FleetService,
  GrpcAdapterService,
  RuntimeService,
  ServerAppIoService,
];
const METHODS = SERVICES.flatMap((service) => Object.values(service));
const ROUTES = METHODS.flatMap(({ path }) => httpPathOf(path) ?? []);

const upstreamRoutes = Object.entries(UPSTREAM_ROUTES).flatMap(([api, names]) =>
  names.map((name) => `/v1/${api}/${name}`),
);
const upstreamPaths = Object.entries(UPSTREAM_METHODS).flatMap(([service, names]) =>
  names.map((name) => `/flwr.proto.${service}/${name}`),
);

describe('every method that upstream serves', () => {
  const cluster = useCluster({ count: 1 });
  let grpc: GrpcClients;

  beforeAll(() => {
    grpc = new GrpcClients(cluster.replicas.map(({ addresses }) => addresses));
  });
  afterAll(() => {
    grpc.close();
  });

  it('is declared here, and no route besides', () => {
    const declared = new Set<string>(METHODS.map(({ path }) => path));
    expect(upstreamPaths.filter((path) => !declared.has(path))).toEqual([]);
    const served = upstreamRoutes.filter((route) => !LEFT_OUT.has(route));
    expect([...new Set(ROUTES)].sort()).toEqual(served.sort());
  });

  it.each(METHODS)('has a handler over gRPC: $path', async (method) => {
    const { status, details } = await sendRaw(grpc, method, Buffer.alloc(0), {});
    expect(`${status} ${details}`).not.toMatch(NO_HANDLER);
  });

  /** Status and number of the catalogue that an empty request gets. */
  async function postTo(route: string): Promise<{ status: number; code: number | undefined }> {
    const { http } = cluster.replicas[0]!.addresses;
    const answer = await fetch(`http://${http}${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/protobuf' },
    });
    const isError = answer.headers.get('content-type')?.startsWith('application/json') === true;
    const body = isError ? ((await answer.json()) as { code?: number }) : {};
    if (!isError) await answer.body?.cancel();
    return { status: answer.status, code: body.code };
  }

  // a refusal of the protocol as "not found" has a number, an unknown route has none
  it.each([...new Set(ROUTES)])('has a handler over HTTP: %s', async (route) => {
    expect(await postTo(route)).not.toEqual({ status: 404, code: undefined });
  });

  it('is told from one that there is not', async () => {
    const none = { ...ControlService.listRuns, path: '/flwr.proto.Control/ListNothing' };
    expect((await sendRaw(grpc, none, Buffer.alloc(0), {})).details).toMatch(NO_HANDLER);
    expect(await postTo('/v1/control/list-nothing')).toEqual({ status: 404, code: undefined });
  });
});
