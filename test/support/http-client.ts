import { once } from 'node:events';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { messagesIn } from './http-frames';
import { httpNameOf, httpRouteOf } from './http-route';
import {
  type Headers,
  type MessageStream,
  type PendingCall,
  RpcClients,
  RpcError,
  type UnaryMethod,
} from './rpc-clients';

const MESSAGE = 'application/protobuf';
const STREAM = 'application/flower-protobuf-stream';
const OK = 200;
const UNAUTHORIZED = 401;

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  412: 'FAILED_PRECONDITION',
  415: 'INVALID_ARGUMENT',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
};

/** The HTTP/1.1 wire: one port, kept alive, as httpx does it. */
export class HttpClients extends RpcClients {
  private readonly agent = new Agent({ keepAlive: true });

  override start<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers = {},
  ): PendingCall<Response> {
    const hangUp = new AbortController();
    const receive = async (): Promise<Response> => {
      const response = await this.send(method, request, headers, hangUp.signal);
      return method.responseDeserialize(await messageIn(response));
    };
    return {
      answer: receive().catch(asRpcError),
      cancel: () => {
        hangUp.abort();
      },
    };
  }

  override stream<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers = {},
  ): MessageStream<Response> {
    const hangUp = new AbortController();
    const sent = this.send(method, request, headers, hangUp.signal);
    const opened = sent.then(checkStream).catch(asRpcError);
    opened.catch(() => undefined); // told to those who iterate
    return {
      opened,
      cancel: () => {
        hangUp.abort();
      },
      async *[Symbol.asyncIterator]() {
        await opened;
        try {
          for await (const bytes of messagesIn(await sent)) yield method.responseDeserialize(bytes);
        } catch (thrown) {
          asRpcError(thrown);
        }
      },
    };
  }

  /** Over HTTP nothing is said before a call. */
  override async connected(): Promise<void> {
    this.nextReplica();
    return Promise.resolve();
  }

  override signedNameOf(method: { readonly path: string }): string {
    return httpNameOf(method);
  }

  override close(): void {
    this.agent.destroy();
  }

  /** Resolves with the head of the answer. */
  private async send<Request>(
    method: UnaryMethod<Request, unknown>,
    message: Request,
    headers: Headers,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const path = httpRouteOf(method);
    if (path === undefined) throw new TypeError(`${method.path} has no route`);
    const body = method.requestSerialize(message);
    const [host = '', port = ''] = this.nextReplica().http.split(':');
    const request = httpRequest({
      ...{ agent: this.agent, signal, method: 'POST', host, port, path },
      headers: { 'content-type': MESSAGE, 'content-length': body.length, ...httpForm(headers) },
    });
    request.on('error', () => undefined); // also after the head, when those who read are told
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  }
}

/** As HTTP clients write what gRPC has in `-bin` headers. */
export function httpForm(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) =>
      typeof value === 'string'
        ? [name, value]
        : [name.replace(/-bin$/, ''), value.toString('base64')],
    ),
  );
}

/** The body of a unary answer; throws what it says if it is a refusal, and a TypeError if it is no answer. */
async function messageIn(response: IncomingMessage): Promise<Buffer> {
  const body = await buffer(response);
  if (response.statusCode !== OK) throw refusalIn(response, body);
  expectHeader(response, 'content-type', MESSAGE);
  expectHeader(response, 'content-length', String(body.length));
  return body;
}

async function checkStream(response: IncomingMessage): Promise<void> {
  if (response.statusCode !== OK) throw refusalIn(response, await buffer(response));
  expectHeader(response, 'content-type', STREAM);
}

function expectHeader({ headers }: IncomingMessage, name: string, value: string): void {
  if (headers[name] !== value) throw new TypeError(`${name}: ${String(headers[name])}`);
}

function refusalIn(response: IncomingMessage, body: Buffer): RpcError {
  const { statusCode = 0 } = response;
  const status = STATUSES[statusCode] ?? `HTTP ${statusCode}`;
  if (!response.headers['content-type']?.startsWith('application/json')) {
    return new RpcError(`${status} without JSON`, body.toString());
  }
  const { code, detail, extra } = JSON.parse(body.toString()) as {
    readonly code?: number;
    readonly detail: string;
    readonly extra?: string;
  };
  // gRPC has no number there, for the sake of old CLIs
  const number = statusCode === UNAUTHORIZED ? undefined : code;
  return new RpcError(status, [detail, extra].join(' ').trim(), number);
}

/** What a client makes of it when it hangs up, or finds nobody, or half an answer. */
function asRpcError(thrown: unknown): never {
  if (thrown instanceof RpcError || thrown instanceof TypeError) throw thrown;
  const { name, message } = thrown as Error;
  throw new RpcError(name === 'AbortError' ? 'CANCELLED' : 'UNAVAILABLE', message);
}
