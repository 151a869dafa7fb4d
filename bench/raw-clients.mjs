/** SuperNodes and a ServerApp as bare clients, over gRPC or HTTP: no Python, no waiting of their own. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import grpc from '@grpc/grpc-js';

import { ROOT } from '../scripts/demo/setup.mjs';
import { HttpCalls } from './http-calls.mjs';

// The same generated code as the server's, out of its build.
const require = createRequire(join(ROOT, 'dist', 'main.js'));
const generated = (name) => require(`./generated/flwr/proto/${name}.js`);

export const { FleetService } = generated('fleet');
export const { RuntimeService } = generated('runtime');
export const { ServerAppIoService } = generated('serverappio');
export const { ControlService } = generated('control');
export const { Message } = generated('message');
export const { StartRunRequest } = generated('control_run');

const OPTIONS = {
  'grpc.enable_retries': 0,
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // Else all channels of this process share one connection.
  'grpc.use_local_subchannel_pool': 1,
};

/** A client of one API; over HTTP all APIs have one address. */
export function connect(address, transport = 'grpc') {
  if (transport === 'http') return new HttpCalls(address);
  return new grpc.Client(address, grpc.credentials.createInsecure(), OPTIONS);
}

/** Sends one call; rejects unless its status is OK. */
export async function call(client, method, request, headers = {}) {
  if (!(client instanceof HttpCalls)) return callOverGrpc(client, method, request, headers);
  const { path, requestSerialize, responseDeserialize } = method;
  return responseDeserialize(await client.call(path, requestSerialize(request), headers));
}

function callOverGrpc(client, method, request, headers) {
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = method;
    const done = (error, response) => (error ? reject(error) : resolve(response));
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      {},
      done,
    );
  });
}

/** A SuperNode's key; `headers()` signs the time as stock SuperNodes do. */
export class NodeKey {
  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    this.privateKey = privateKey;
    this.publicKey = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }));
  }

  headers() {
    const timestamp = new Date().toISOString().replace('Z', '000+00:00');
    return {
      'flwr-public-key-bin': this.publicKey,
      'flwr-timestamp': timestamp,
      'flwr-signature-bin': sign('sha256', Buffer.from(timestamp, 'ascii'), this.privateKey),
    };
  }
}

/** An object in the form whose SHA-256 is its id, with its tree and, in `objects`, its content. */
export function makeObject(type, children, body) {
  const ids = children.map(({ tree }) => tree.objectId);
  const head = Buffer.from(`${type} ${ids.join(',')} ${body.length}\0`);
  const content = Buffer.concat([head, body]);
  const objectId = createHash('sha256').update(content).digest('hex');
  const objects = new Map(children.flatMap((child) => [...child.objects]));
  objects.set(objectId, content);
  return { tree: { objectId, children: children.map(({ tree }) => tree) }, objects };
}

/** A message with these children, as clients send it. */
export function makeMessage(metadata, children) {
  const blank = Message.fromPartial({
    metadata: { messageType: 'train', createdAt: Date.now() / 1000, ttl: 3600, ...metadata },
  });
  const root = makeObject('Message', children, Buffer.from(Message.encode(blank).finish()));
  const { objectId } = root.tree;
  const message = Message.fromPartial({
    metadata: { ...blank.metadata, messageId: objectId },
    content: { items: [] },
  });
  return { message, ...root };
}

/** Starts a run of `fab`, claims its ServerApp and takes its input: `{ runId, headers }`. */
export async function startServerApp(control, serverAppIo, fab) {
  const request = StartRunRequest.fromPartial({ fab: { content: fab } });
  const { runId } = await call(control, ControlService.startRun, request);
  const token = await claim(serverAppIo, runId);
  const headers = { 'flwr-task-token': token };
  await call(serverAppIo, ServerAppIoService.pullTaskInput, {}, headers);
  return { runId, headers };
}

/** The token of a run's ServerApp. SuperExecs from 1.39 on, which are all on HTTP, take whatever there is. */
async function claim(serverAppIo, runId) {
  if (serverAppIo instanceof HttpCalls) {
    const request = { supportedTaskTypes: ['flwr-serverapp'], agentappFabHashes: [] };
    return (await call(serverAppIo, RuntimeService.acquireTask, request)).token;
  }
  const { tasks } = await call(serverAppIo, ServerAppIoService.pullPendingTasks, {});
  const { taskId } = tasks.find((task) => task.runId === runId);
  return (await call(serverAppIo, ServerAppIoService.claimTask, { taskId })).token;
}
