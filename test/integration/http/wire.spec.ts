import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ControlService } from '../../../src/generated/flwr/proto/control';
import { ListFederationsResponse } from '../../../src/generated/flwr/proto/control_federation';
import { StartRunRequest } from '../../../src/generated/flwr/proto/control_run';
import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { useCluster } from '../../support/cluster';
import { httpForm } from '../../support/http-client';
import { httpRouteOf } from '../../support/http-route';
import { NodeActor } from '../../support/node-actor';
import type { Headers, UnaryMethod } from '../../support/rpc-clients';
import { newFolder } from '../../support/superlink-program';
import { SuperExecActor, TaskActor } from '../../support/task-actor';
import { type HttpAnswer, type HttpAsk, HttpConnection } from './raw-http';

const SHOWN = expect.any(String) as unknown;
const PROTOBUF = 'application/protobuf';

describe('the HTTP wire', () => {
  const secret = randomBytes(32);
  const secretFile = join(newFolder('secret'), 'secret');
  writeFileSync(secretFile, secret);
  const cluster = useCluster({ flags: ['--superexec-auth-secret-file', secretFile], count: 1 });
  let connection: HttpConnection;
  let node: NodeActor;
  beforeAll(async () => {
    connection = new HttpConnection(cluster.replicas[0]!.addresses.http);
    node = await NodeActor.online(cluster.clients);
  });
  afterAll(() => {
    connection.close();
  });

  /** As `HttpClients` would send it; the answer as it comes. */
  function post<Request>(
    method: UnaryMethod<Request, unknown>,
    request: Request,
    headers: Headers = {},
  ): Promise<HttpAnswer> {
    const ask = { body: [method.requestSerialize(request)], headers: httpForm(headers) };
    return connection.ask(httpRouteOf(method)!, ask);
  }

  it('answers with the bare message, its length and its type', async () => {
    const { status, headers, body } = await post(ControlService.listFederations, {});
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': PROTOBUF,
      'content-length': String(body.length),
      'cache-control': 'no-store',
    });
    const [federation] = ListFederationsResponse.decode(body).federations;
    expect(federation?.name).toBe('@none/default');
  });

  it('answers an empty message with an empty body of a known length', async () => {
    const app = await TaskActor.running(
      cluster.clients,
      new SuperExecActor(cluster.clients, secret),
    );
    const request = { node: node.requests.node, runId: app.runId, messageObjectId: '' };
    const answer = await post(FleetService.confirmMessageReceived, request, node.headers());
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': PROTOBUF, 'content-length': '0' });
    expect(answer.body).toHaveLength(0);
  });

  it.each([
    PROTOBUF,
    'Application/ProtoBuf',
    'application/protobuf; charset=utf-8',
    ' application/protobuf ;x',
  ])('takes the content type %j, whatever the client accepts', async (type) => {
    const headers = { 'content-type': type, accept: 'text/html' };
    expect((await connection.ask('/v1/control/list-runs', { headers })).status).toBe(200);
  });

  const publicKey = new NodeActor(undefined as never).publicKey;
  type Refusal = readonly [
    what: string,
    answer: () => Promise<HttpAnswer>,
    status: number,
    json: object,
  ];
  const refusals: readonly Refusal[] = [
    [
      'what cannot be decoded',
      () => connection.ask('/v1/control/list-runs', { body: [Buffer.from([0xff])] }),
      400,
      { code: 1003, detail: SHOWN },
    ],
    [
      'what makes no sense',
      () => {
        const { node: sender } = node.requests;
        const beat = { node: sender, heartbeatInterval: 1 };
        return post(FleetService.sendNodeHeartbeat, beat, node.headers());
      },
      400,
      { code: 2003, detail: SHOWN },
    ],
    [
      'a SuperNode that signs nothing',
      () => post(FleetService.pullMessages, { node: undefined, messageIds: [] }),
      401,
      { detail: SHOWN },
    ],
    [
      'a task without a token',
      () => connection.ask('/v1/runtime/get-nodes'),
      401,
      { code: 1008, detail: SHOWN },
    ],
    [
      'a SuperExec that signs nothing',
      () => connection.ask('/v1/runtime/pull-pending-tasks'),
      401,
      { code: 1008, detail: SHOWN },
    ],
    [
      'a node that asks for a run of others',
      () => {
        const { node: sender } = node.requests;
        return post(FleetService.getRun, { node: sender, runId: 1n }, node.headers());
      },
      403,
      { code: 2008, detail: SHOWN },
    ],
    [
      'a run that is not there',
      () => post(ControlService.stopRun, { runId: 1n }),
      404,
      { code: 16, detail: 'Run ID not found' },
    ],
    [
      'a key that is taken',
      async () => {
        await post(ControlService.registerNode, { publicKey });
        return post(ControlService.registerNode, { publicKey });
      },
      412,
      { code: 23, detail: 'Public key already in use' },
    ],
    [
      'a bad app, and says why',
      () => {
        const request = StartRunRequest.fromPartial({ fab: { content: Buffer.from('none') } });
        return post(ControlService.startRun, request);
      },
      412,
      { code: 15, detail: SHOWN, extra: SHOWN },
    ],
    [
      'another content type',
      () => connection.ask('/v1/control/list-runs', { headers: { 'content-type': 'text/plain' } }),
      415,
      { code: 1002, detail: SHOWN },
    ],
    [
      'a log-in without accounts',
      () => post(ControlService.getAuthTokens, { deviceCode: 'any' }),
      501,
      { code: 19, detail: SHOWN },
    ],
  ];
  it.each(refusals)('refuses %s', async (_, ask, status, json) => {
    const answer = await ask();
    expect(answer.json).toEqual(json);
    expect(answer.status).toBe(status);
    // CLIs would try to refresh a token
    expect(answer.headers['www-authenticate']).toBeUndefined();
  });

  it('asks for a new log-in in exactly the words that CLIs know', async () => {
    const answer = await post(ControlService.refreshAuthTokens, { refreshToken: 'any' });
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ code: 36 });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  const misled: readonly (readonly [string, string, HttpAsk, number, object])[] = [
    ['an unknown route', '/v1/fleet/none', {}, 404, {}],
    ['an unknown API', '/v2/fleet/get-run', {}, 404, {}],
    ['a method that gRPC alone has', '/v1/runtime/get-run', {}, 404, {}],
    ['a route in capitals', '/v1/fleet/Get-Run', {}, 404, {}],
    ['an API in capitals', '/V1/fleet/get-run', {}, 404, {}],
    ['two slashes', '/v1//fleet/get-run', {}, 404, {}],
    ['an escaped letter', '/v1/fleet/get-ru%6e', {}, 404, {}],
    ['GET', '/v1/fleet/get-run', { method: 'GET' }, 405, { allow: 'POST' }],
    ['DELETE', '/v1/control/stop-run', { method: 'DELETE' }, 405, { allow: 'POST' }],
  ];
  it.each(misled)('tells %s apart', async (_, path, ask, status, headers) => {
    const answer = await connection.ask(path, ask);
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual({ detail: SHOWN });
    expect(answer.headers).toMatchObject(headers);
  });

  it('sends a path with a slash at its end where it should have gone', async () => {
    const answer = await connection.ask('/v1/control/list-runs/');
    expect([answer.status, answer.headers.location]).toEqual([307, '/v1/control/list-runs']);
  });

  it('does all that over one connection', async () => {
    await connection.ask('/v1/control/list-runs');
    expect(connection.opened).toBe(1);
  });
});
