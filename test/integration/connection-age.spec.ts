import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { promisify } from 'node:util';

import { ChannelCredentials, type Metadata, type ServiceError } from '@grpc/grpc-js';

import {
  FleetClient,
  type PullMessagesRequest,
  type PullMessagesResponse,
} from '../../src/generated/flwr/proto/fleet';
import { useCluster } from '../support/cluster';
import { GrpcClients, metadataOf } from '../support/grpc-client';
import { HttpClients } from '../support/http-client';
import { METRICS_FLAGS, metricsUrlOf, scrape } from '../support/metrics';
import { NodeActor } from '../support/node-actor';
import { killReplicas, startReplicas, type TestReplica } from '../support/replicas';
import type { RpcClients } from '../support/rpc-clients';

type Done = (error: ServiceError | null, answer?: PullMessagesResponse) => void;

const FLAGS = ['--max-connection-age-seconds', '1', ...METRICS_FLAGS];
const CONNECTIONS = 3;
const AT_ONCE = 8;
const CLIENTS = 4;
const SHARES_OUT = { timeout: 60_000, interval: 200 };

interface TestBalancer {
  readonly server: Server;
  readonly sockets: Socket[];
}

/** A balancer of connections that counts them, and gives them to `targets` in turn; there may come more of these. */
async function startBalancer(targets: readonly string[]): Promise<TestBalancer> {
  const sockets: Socket[] = [];
  let turn = 0;
  const server = createServer((client) => {
    const [host = '', port = ''] = targets[turn++ % targets.length]!.split(':');
    const replica = connect(Number(port), host);
    sockets.push(client, replica);
    client.pipe(replica).pipe(client);
    client.on('error', () => replica.destroy());
    replica.on('error', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, sockets };
}

function addressOf(server: Server): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function stop({ server, sockets }: TestBalancer): void {
  for (const socket of sockets) socket.destroy();
  server.close();
}

/** A client of a balancer that keeps its connection, as stock ones do. */
function clientOf(server: Server, api: 'fleet' | 'http'): RpcClients {
  const address = addressOf(server);
  const addresses = { fleet: address, serverAppIo: address, control: address, http: address };
  if (api === 'http') return new HttpClients([addresses]);
  return new GrpcClients([addresses], ChannelCredentials.createInsecure(), {
    'grpc.enable_retries': 1,
  });
}

/** How many polls of nodes a replica has answered. */
async function pollsOf(replica: TestReplica): Promise<number> {
  const labels = { service: 'Fleet', method: 'PullMessages', code: 'OK' };
  return (await scrape(metricsUrlOf(replica))).value('rpc_calls_total', labels) ?? 0;
}

describe('an old connection', () => {
  const cluster = useCluster({ count: 1, flags: FLAGS });

  it('over gRPC gives way to a new one without a failed call', async () => {
    const { server, sockets } = await startBalancer([cluster.replicas[0]!.addresses.fleet]);
    const node = await NodeActor.online(cluster.clients);
    // as stock clients: gRPC itself sends again what the server provably did not process
    const client = new FleetClient(addressOf(server), ChannelCredentials.createInsecure());
    const pull = promisify((request: PullMessagesRequest, headers: Metadata, done: Done) => {
      client.pullMessages(request, headers, done);
    });
    const poll = async (): Promise<void> => {
      while (sockets.length < 2 * CONNECTIONS) {
        const headers = metadataOf(node.headers());
        await pull({ node: node.requests.node, messageIds: [] }, headers);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, poll));
    client.close();
    stop({ server, sockets });
  });

  it('over HTTP is ended with an answer that says so', async () => {
    const [host = '', port = ''] = cluster.replicas[0]!.addresses.http.split(':');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let opened = 0;
    let lastOnes = 0;
    while (opened < CONNECTIONS) {
      const call = request({
        ...{ host, port, agent, method: 'POST', path: '/v1/control/list-federations' },
        headers: { 'content-type': 'application/protobuf' },
      });
      call.end();
      const [response] = (await once(call, 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'end');
      expect(response.statusCode).toBe(200);
      if (!call.reusedSocket) opened += 1;
      if (response.headers.connection === 'close') lastOnes += 1;
    }
    agent.destroy();
    expect(lastOnes).toBe(CONNECTIONS - 1);
  });

  it.each([
    ['gRPC', 'fleet'],
    ['HTTP', 'http'],
  ] as const)('over %s goes to a replica that came later, and no call fails', async (_, api) => {
    const [early] = cluster.replicas as [TestReplica];
    const targets = [early.addresses[api]];
    const balancer = await startBalancer(targets);
    const node = await NodeActor.online(cluster.clients);
    const clients = Array.from({ length: CLIENTS }, () => clientOf(balancer.server, api));
    let isOver = false;
    const polls = Promise.all(
      clients.map(async (client) => {
        while (!isOver) await node.through(client).pull();
      }),
    );
    const [late] = (await startReplicas(1, cluster.database.url, FLAGS)) as [TestReplica];
    onTestFinished(async () => {
      isOver = true;
      for (const client of clients) client.close();
      stop(balancer);
      await killReplicas([late]);
    });
    const before = await pollsOf(early);
    targets.push(late.addresses[api]);
    const shareOfLate = async (): Promise<number> => {
      const [byLate, byEarly] = [await pollsOf(late), (await pollsOf(early)) - before];
      return byLate / (byLate + byEarly);
    };
    await Promise.race([polls, expect.poll(shareOfLate, SHARES_OUT).toBeGreaterThan(1 / 3)]);
    isOver = true;
    await polls; // rejects if a call has failed
  });
});
