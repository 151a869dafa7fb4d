import { once } from 'node:events';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { messagesIn } from '../../support/http-frames';
import { httpRouteOf } from '../../support/http-route';
import type { Addresses } from '../../support/replicas';
import type { Headers } from '../../support/rpc-clients';
import { followed, ok, type Seen, type Wire, type WireCall } from './wire';

const OK = 200;
const MEDIA_TYPE = 'application/protobuf';
const PATIENCE_MILLISECONDS = 20_000;

/** HTTP/1.1, one connection per number. */
export class HttpWire implements Wire {
  private readonly agents = new Map<number, Agent>();

  constructor(private readonly addresses: Addresses) {}

  async send({ rpc, bytes, headers, connection }: WireCall): Promise<Seen> {
    const hangUp = new AbortController();
    const [host = '', port = ''] = this.addresses.http.split(':');
    const request = httpRequest({
      agent: this.agentOf(connection),
      signal: hangUp.signal,
      host,
      port,
      path: httpRouteOf(rpc) ?? rpc.path,
      method: 'POST',
      headers: { 'content-type': MEDIA_TYPE, 'content-length': bytes.length, ...httpForm(headers) },
    });
    request.on('error', () => undefined); // those who wait are told
    request.setTimeout(PATIENCE_MILLISECONDS, () => request.destroy());
    request.end(bytes);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    if (response.statusCode !== OK) return refusal(response);
    if (!rpc.responseStream) return ok([await buffer(response)]);
    return followed(messagesIn(response), () => hangUp.abort());
  }

  close(): void {
    for (const agent of this.agents.values()) agent.destroy();
  }

  private agentOf(connection: number): Agent {
    const known = this.agents.get(connection);
    if (known !== undefined) return known;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.agents.set(connection, agent);
    return agent;
  }
}

/** As HTTP clients write what gRPC has in `-bin` headers. */
function httpForm(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replace(/-bin$/, ''),
      typeof value === 'string' ? value : value.toString('base64'),
    ]),
  );
}

/** Status and number of the catalogue, if it has one. */
async function refusal(response: IncomingMessage): Promise<Seen> {
  const text = (await buffer(response)).toString();
  const number = /^\{"code":\s*(\d+)/.exec(text)?.[1];
  const status = String(response.statusCode);
  const outcome = number === undefined ? status : `${status} ${number}`;
  return { outcome, text, messages: [], isOpen: false };
}
