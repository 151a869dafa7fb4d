/** The same calls over HTTP/1.1: the twin of grpc-js in `raw-clients`. */
import { once } from 'node:events';
import { Agent, request as send } from 'node:http';

const MEDIA_TYPE = 'application/protobuf';
const PREFIXES = { ServerAppIo: 'runtime', Runtime: 'runtime', Fleet: 'fleet', Control: 'control' };

/** `/flwr.proto.Fleet/PullMessages` as a route: `/v1/fleet/pull-messages`. */
export function routeOf(rpcPath) {
  const [service, method] = rpcPath.replace('/flwr.proto.', '').split('/');
  return `/v1/${PREFIXES[service]}/${method.replace(/(?!^)([A-Z])/g, '-$1').toLowerCase()}`;
}

/** Binary headers have no `-bin` here and travel as base64. */
export function headersOf(headers) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replace(/-bin$/, ''),
      Buffer.isBuffer(value) ? value.toString('base64') : value,
    ]),
  );
}

/** Keeps its connections open, as stock clients do. */
export class HttpCalls {
  constructor(address) {
    [this.host, this.port] = address.split(':');
    this.agent = new Agent({ keepAlive: true });
  }

  /** The bytes of the answer; rejects unless the status is 200. */
  async call(rpcPath, body, headers) {
    const { host, port, agent } = this;
    const sent = send({
      ...{ host, port, agent, method: 'POST', path: routeOf(rpcPath) },
      headers: { 'content-type': MEDIA_TYPE, 'content-length': body.length, ...headersOf(headers) },
    });
    sent.end(body);
    const [response] = await once(sent, 'response');
    const chunks = [];
    for await (const chunk of response) chunks.push(chunk);
    const answer = Buffer.concat(chunks);
    if (response.statusCode === 200) return answer;
    throw new Error(`${rpcPath}: ${response.statusCode} ${answer}`);
  }

  close() {
    this.agent.destroy();
  }
}
