/**
 * Loaded into a replica before its program (NODE_OPTIONS=--import): at the moment when an answer is about to be written
 * it looks for an order in the folder ANSWER_FAULTS and obeys. What the answer tells is committed by then, and nobody
 * has heard of it. The program itself knows nothing of this.
 *
 * An order is a file `<method>@<number>`, or `http:<method>@<number>` for answers over HTTP alone, whose content is what to
 * do; who moves it away first, of all replicas, has it. See answer-orders.ts.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import { join } from 'node:path';

const FOLDER = process.env.ANSWER_FAULTS;
const TAKEN = join(FOLDER, 'taken');
const GRPC_HEAD_BYTES = 5;
const OK = 200;
/** Their empty answers say that nothing has happened. */
const POLLS = new Set(['fleet.pull-messages', 'runtime.pull-messages']);
const BLOCKED_MS = 20_000;

mkdirSync(TAKEN, { recursive: true });

/** `fleet.pull-messages` for `/flwr.proto.Fleet/PullMessages` and for `/v1/fleet/pull-messages`. */
function nameOf(path) {
  const [, first = '', second = '', third] = path.split('?')[0].split('/');
  if (third !== undefined) return `${second}.${third}`;
  const service = first.replace('flwr.proto.', '').replace('ServerAppIo', 'Runtime');
  const words = second.replace(/(?!^)([A-Z])/g, '-$1');
  return `${service}.${words}`.toLowerCase();
}

/** The next order for an answer of this method over this wire (`http` or `grpc`), if it is ours. */
function takeOrder(name, wire) {
  const ours = new Set([name, `${wire}:${name}`]);
  const orders = readdirSync(FOLDER).filter((file) => ours.has(file.split('@')[0]));
  for (const file of orders.sort()) {
    try {
      renameSync(join(FOLDER, file), join(TAKEN, file));
    } catch {
      continue; // another replica was faster
    }
    return readFileSync(join(TAKEN, file), 'utf8');
  }
  return 'pass';
}

/** True if the answer is lost. */
function obey(wire, path, bodyBytes, cut) {
  const name = nameOf(path);
  if (bodyBytes === 0 && POLLS.has(name)) return false;
  const order = takeOrder(name, wire);
  if (order === 'kill') process.kill(process.pid, 'SIGKILL');
  if (order === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_MS);
  if (order === 'lose') cut();
  return order === 'lose';
}

const createServer = http2.createServer;
http2.createServer = (...args) => {
  const server = createServer(...args);
  // A session gives nobody its socket, and says more at its end than a cut connection does.
  const sockets = new WeakMap();
  let latest;
  server.prependListener('connection', (socket) => (latest = socket));
  server.prependListener('session', (session) => sockets.set(session, latest));
  server.prependListener('stream', (stream, headers) => {
    const write = stream.write.bind(stream);
    stream.write = (chunk, ...rest) => {
      const cut = () => sockets.get(stream.session).destroy();
      if (obey('grpc', headers[':path'], chunk.length - GRPC_HEAD_BYTES, cut)) return false;
      return write(chunk, ...rest);
    };
  });
  return server;
};

const end = http.ServerResponse.prototype.end;
http.ServerResponse.prototype.end = function endOrObey(chunk, ...rest) {
  const isAnswer = this.statusCode === OK && this.req.url.startsWith('/v1/');
  const cut = () => this.socket?.destroy();
  if (isAnswer && obey('http', this.req.url, chunk?.length ?? 0, cut)) return this;
  return end.call(this, chunk, ...rest);
};
