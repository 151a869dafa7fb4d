import { randomBytes } from 'node:crypto';

import { ERROR_CATALOGUE } from '../../../src/errors/error-catalogue';
import { ControlService } from '../../../src/generated/flwr/proto/control';
import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import {
  GrpcAdapterService,
  MessageContainer,
} from '../../../src/generated/flwr/proto/grpcadapter';
import { RuntimeService } from '../../../src/generated/flwr/proto/runtime';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import type { RpcDefinition } from '../../../src/rpc/rpc.decorator';
import { useCluster } from '../../support/cluster';
import { GrpcClients } from '../../support/grpc-client';
import { HttpClients } from '../../support/http-client';
import { METRICS_FLAGS, metricsUrlOf, type Scrape, scrape } from '../../support/metrics';
import { NodeActor } from '../../support/node-actor';
import { outcomeOf, type RpcClients } from '../../support/rpc-clients';
import { HttpConnection } from '../http/raw-http';

const SERVICES = [
  FleetService,
  GrpcAdapterService,
  ServerAppIoService,
  RuntimeService,
  ControlService,
];
const PULL = { service: 'Fleet', method: 'PullMessages' };

describe('the metrics of calls', () => {
  const cluster = useCluster({ count: 1, flags: [...METRICS_FLAGS, '--node-hold-seconds', '20'] });
  let clients: Readonly<Record<'grpc' | 'http', RpcClients>>;
  let connection: HttpConnection;

  beforeAll(() => {
    const { addresses } = cluster.replicas[0]!;
    clients = { grpc: new GrpcClients([addresses]), http: new HttpClients([addresses]) };
    connection = new HttpConnection(addresses.http);
  });
  afterAll(() => {
    for (const each of Object.values(clients)) each.close();
    connection.close();
  });

  const now = async (): Promise<Scrape> => scrape(metricsUrlOf(cluster.replicas[0]!));

  /** By how much a number grows while `act` runs. */
  async function growthOf(
    name: string,
    labels: Readonly<Record<string, string>>,
    act: () => Promise<unknown>,
  ): Promise<number> {
    const before = (await now()).value(name, labels) ?? 0;
    await act();
    return ((await now()).value(name, labels) ?? 0) - before;
  }

  it.each(['grpc', 'http'] as const)(
    'count what goes well, with its time, over %s',
    async (transport) => {
      const labels = { service: 'Fleet', method: 'SendNodeHeartbeat', transport };
      const node = await NodeActor.online(clients[transport]);
      const beat = (): Promise<unknown> => Promise.all([node.heartbeat(), node.heartbeat()]);
      expect(await growthOf('rpc_calls_total', { ...labels, code: 'OK' }, beat)).toBe(2);
      expect(await growthOf('rpc_seconds_count', labels, beat)).toBe(2);
    },
  );

  it.each(['grpc', 'http'] as const)('count what the guard refuses, over %s', async (transport) => {
    const unsigned = (): Promise<string> =>
      outcomeOf(
        clients[transport].call(FleetService.pullMessages, { node: undefined, messageIds: [] }),
      );
    const labels = { ...PULL, transport, code: 'UNAUTHENTICATED' };
    expect(await growthOf('rpc_calls_total', labels, unsigned)).toBe(1);
    expect((await now()).value('rpc_calls_in_flight', { ...PULL, transport })).toBeUndefined();
  });

  it.each(['grpc', 'http'] as const)('count what a rule refuses, over %s', async (transport) => {
    const stop = { runId: 7n, federation: undefined };
    const refused = (): Promise<string> =>
      outcomeOf(clients[transport].call(ControlService.stopRun, stop));
    const labels = { service: 'Control', method: 'StopRun', transport, code: 'RUN_NOT_FOUND' };
    expect(await growthOf('rpc_calls_total', labels, refused)).toBe(1);
  });

  it('count what never comes to a guard', async () => {
    const typed = (): Promise<unknown> =>
      connection.ask('/v1/control/list-runs', { headers: { 'content-type': 'text/plain' } });
    const wrongType = {
      ...{ service: 'Control', method: 'ListRuns', transport: 'http' },
      code: 'UNSUPPORTED_CONTENT_TYPE',
    };
    expect(await growthOf('rpc_calls_total', wrongType, typed)).toBe(1);
    const contained = (): Promise<string> => {
      const container = MessageContainer.fromPartial({ grpcMessageName: 'NobodyKnowsRequest' });
      return outcomeOf(clients.grpc.call(GrpcAdapterService.sendReceive, container));
    };
    const unknownMessage = { transport: 'grpc-adapter', code: 'NOT_SERVED' };
    expect(await growthOf('rpc_calls_total', unknownMessage, contained)).toBe(1);
  });

  it.each(['grpc', 'http'] as const)(
    'show a poll that is held, and that its client has gone, over %s',
    async (transport) => {
      const node = await NodeActor.online(clients[transport]);
      const pull = { node: node.requests.node, messageIds: [] };
      const labels = { ...PULL, transport };
      const cancelled = { ...labels, code: 'CANCELLED' };
      const before = (await now()).value('rpc_calls_total', cancelled) ?? 0;
      const { cancel, answer } = clients[transport].start(
        FleetService.pullMessages,
        pull,
        node.headers(),
      );
      const gone = outcomeOf(answer);
      await expect.poll(async () => (await now()).value('held_calls', { kind: 'node' })).toBe(1);
      expect((await now()).value('rpc_calls_in_flight', labels)).toBe(1);
      cancel();
      expect(await gone).toBe('CANCELLED');
      await expect
        .poll(async () => (await now()).value('rpc_calls_total', cancelled))
        .toBe(before + 1);
      expect((await now()).value('held_calls', { kind: 'node' })).toBe(0);
    },
  );

  it('have no label that a client chose', async () => {
    const evil = `evil${randomBytes(8).toString('hex')}`;
    const headers = {
      'flwr-package-name': evil,
      'flwr-component-name': evil,
      'flwr-task-token': evil,
    };
    for (const path of [`/v1/fleet/${evil}`, `/${evil}`, `/v1/control/list-runs/${evil}`]) {
      for (const method of ['POST', 'GET', evil]) await connection.ask(path, { method });
    }
    await connection.ask('/v1/fleet/pull-messages', { headers, body: [Buffer.from(evil)] });
    const container = MessageContainer.fromPartial({ grpcMessageName: evil });
    await outcomeOf(clients.grpc.call(GrpcAdapterService.sendReceive, container, headers));
    for (const path of [`/flwr.proto.Fleet/${evil}`, `/flwr.proto.Fleet/PullMessages/${evil}`]) {
      await outcomeOf(clients.grpc.call({ ...FleetService.pullMessages, path }, pullOf(evil)));
    }
    await outcomeOf(clients.grpc.call(ServerAppIoService.getNodes, {}, headers));
    const scraped = await now();
    expect(scraped.text).not.toContain(evil);
    const methods = SERVICES.flatMap((service) => Object.values<RpcDefinition>(service)).map(
      ({ path }) => path,
    );
    for (const { labels } of scraped.samples.filter(({ name }) => name.startsWith('rpc_'))) {
      expect(methods).toContain(`/flwr.proto.${labels['service']}/${labels['method']}`);
    }
    const codes = [...Object.keys(ERROR_CATALOGUE), 'OK', 'CANCELLED'];
    for (const code of scraped.labels('code')) expect(codes).toContain(code);
  });
});

function pullOf(messageId: string): { node: undefined; messageIds: string[] } {
  return { node: undefined, messageIds: [messageId] };
}
