import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';

import { AcquireTaskRequest } from '../../src/generated/flwr/proto/app_task';
import { ControlService } from '../../src/generated/flwr/proto/control';
import { ListRunsRequest } from '../../src/generated/flwr/proto/control_run';
import { FleetService } from '../../src/generated/flwr/proto/fleet';
import { GrpcAdapterService, MessageContainer } from '../../src/generated/flwr/proto/grpcadapter';
import { RuntimeService } from '../../src/generated/flwr/proto/runtime';
import { ServerAppIoService } from '../../src/generated/flwr/proto/serverappio';
import { HealthService } from '../../src/generated/grpc/health/v1/health';
import { GrpcClients } from '../support/grpc-client';
import { NodeActor } from '../support/node-actor';
import { OnePortReplica } from '../support/one-port-replica';
import { createDatabase, type TestDatabase } from '../support/postgres';

/** As /proc writes the state. */
const LISTEN = '0A';
const SILENT_CONNECTIONS = 500;
const STOP_MILLISECONDS = 20_000;
const SERVER_APPS = AcquireTaskRequest.fromPartial({ supportedTaskTypes: ['flwr-serverapp'] });
const HOLDS = ['--node-hold-seconds', '20', '--task-hold-seconds', '20'];

describe.each([
  ['plain text', false],
  ['TLS', true],
])('a single port with %s', (_, isTls) => {
  let database: TestDatabase;
  let here: OnePortReplica;
  let sockets: Socket[];

  beforeEach(async () => {
    sockets = [];
    database = await createDatabase();
    here = await OnePortReplica.start(database.url, isTls, HOLDS);
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    here.close();
    await here.replica.kill();
    await database.drop();
  });

  function silentConnection(): Socket {
    const socket = connect(here.port, 'localhost');
    sockets.push(socket.on('error', () => undefined));
    return socket;
  }

  it('serves every service over gRPC, and HTTP/1.1, and opens no other port', async () => {
    const node = await NodeActor.online(here.clients);
    expect(await node.heartbeat()).toBe(true);
    const container = MessageContainer.fromPartial({ grpcMessageName: 'Unknown' });
    const adapted = here.clients.call(GrpcAdapterService.sendReceive, container);
    await expect(adapted).rejects.toMatchObject({ status: 'UNIMPLEMENTED' });
    await expect(adapted).rejects.toThrow('GrpcAdapter carries no Unknown');
    const runs = await here.clients.call(ControlService.listRuns, ListRunsRequest.fromPartial({}));
    expect(runs.runDict.size).toBe(0);
    const { run } = await here.clients.call(ServerAppIoService.getRun, {
      node: undefined,
      runId: 1n,
    });
    expect(run).toBeUndefined();
    const nothing = AcquireTaskRequest.fromPartial({});
    expect((await here.clients.call(RuntimeService.acquireTask, nothing)).task).toBeUndefined();
    expect((await here.clients.call(HealthService.check, { service: '' })).status).toBe(1);

    expect((await here.http('/health/ready')).status).toBe(200);
    const asked = ControlService.listRuns.requestSerialize(ListRunsRequest.fromPartial({}));
    expect(await here.http('/v1/control/list-runs', asked)).toMatchObject({ status: 200 });
    expect(listeningPortsOf(pidOf(here))).toEqual([here.port]);
  });

  it('is held by nobody who says nothing', async () => {
    const silent = Array.from({ length: SILENT_CONNECTIONS }, silentConnection);
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    for (const [index, socket] of silent.entries()) if (index % 2 === 0) socket.write('P');
    const node = await NodeActor.online(here.clients);
    expect(await node.heartbeat()).toBe(true);
    expect((await here.http('/health/ready')).status).toBe(200);
    expect(silent.filter((socket) => socket.destroyed)).toEqual([]);
  });

  it('drains as ports of their own do: answers what it holds, says goodbye, and ends', async () => {
    const node = await NodeActor.online(here.clients);
    const pull = here.clients.call(
      FleetService.pullMessages,
      { node: node.requests.node, messageIds: [] },
      node.headers(),
    );
    const acquire = here.http(
      '/v1/runtime/acquire-task',
      RuntimeService.acquireTask.requestSerialize(SERVER_APPS),
    );
    const idle = connectHttp2(`${isTls ? 'https' : 'http'}://localhost:${here.port}`, {
      rejectUnauthorized: false,
    });
    await once(idle, 'connect');
    const goodbye = once(idle, 'goaway');
    await once(silentConnection(), 'connect');
    expect(await node.heartbeat()).toBe(true); // on the same connection, so the pull has arrived

    const began = performance.now();
    const ended = here.replica.stop();
    expect((await pull).messagesList).toEqual([]);
    expect(await acquire).toMatchObject({ status: 200, headers: { connection: 'close' } });
    expect((await here.http('/health/ready')).status).toBe(404);
    expect((await here.clients.call(HealthService.check, { service: '' })).status).toBe(2);
    expect(await node.heartbeat()).toBe(true);
    expect(await node.pullId()).toBeUndefined();
    const [code, lastStream] = (await goodbye) as [number, number];
    expect([code, lastStream]).toEqual([0, 0]);
    expect(await ended).toBe(0);
    expect(performance.now() - began).toBeLessThan(STOP_MILLISECONDS);
  });
});

it('is shared by several replicas of one machine', async () => {
  const database = await createDatabase();
  const here = await OnePortReplica.start(database.url, false, ['--replicas', '2']);
  for (let call = 0; call < 8; call += 1) {
    expect((await here.http('/health/ready')).status).toBe(200);
    const clients = new GrpcClients([here.replica.addresses]);
    await clients.call(ControlService.listRuns, ListRunsRequest.fromPartial({}));
    clients.close();
  }
  expect(await here.replica.stop()).toBe(0);
  here.close();
  await database.drop();
});

function pidOf({ replica }: OnePortReplica): number {
  const line = replica.log.find((text) => text.includes('"serving"'))!;
  return (JSON.parse(line) as { pid: number }).pid;
}

/** Of /proc: TCP sockets in the state LISTEN that the process has. */
function listeningPortsOf(pid: number): number[] {
  const folder = `/proc/${pid}/fd`;
  const own = new Set(readdirSync(folder).map((name) => linkOf(`${folder}/${name}`)));
  const rows = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1),
  );
  const ports = rows.flatMap((row) => {
    const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/);
    const isOwn = state === LISTEN && own.has(`socket:[${inode}]`);
    return isOwn ? [Number.parseInt(local.split(':')[1]!, 16)] : [];
  });
  return [...new Set(ports)];
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed since
  }
}
