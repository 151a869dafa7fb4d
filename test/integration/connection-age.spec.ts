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
import { metadataOf } from '../support/grpc-client';
import { NodeActor } from '../support/node-actor';

type Done = (error: ServiceError | null, answer?: PullMessagesResponse) => void;

const CONNECTIONS = 3;
const AT_ONCE = 8;

/** A balancer of connections that counts them. */
async function startBalancer(target: string): Promise<{ server: Server; sockets: Socket[] }> {
  const [host = '', port = ''] = target.split(':');
  const sockets: Socket[] = [];
  const server = createServer((client) => {
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

describe('an old connection', () => {
  const cluster = useCluster({ count: 1, flags: ['--max-connection-age-seconds', '1'] });

  it('over gRPC gives way to a new one without a failed call', async () => {
    const { server, sockets } = await startBalancer(cluster.replicas[0]!.addresses.fleet);
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
    for (const socket of sockets) socket.destroy();
    server.close();
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
});
