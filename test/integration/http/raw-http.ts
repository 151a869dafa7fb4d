import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** An answer as it came. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Parsed, if the body says that it is JSON. */
  readonly json: unknown;
}

export interface HttpAsk {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent in chunks if there is more than one. */
  readonly body?: readonly Buffer[];
}

/** One connection to a replica's HTTP port, kept as long as the server keeps it. */
export class HttpConnection {
  /** How many connections it took so far. */
  opened = 0;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly address: string) {}

  /** Sends a request that needs to be none of the protocol's. */
  async ask(path: string, ask: HttpAsk = {}): Promise<HttpAnswer> {
    const response = await this.open(path, ask);
    const body = await buffer(response);
    const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
    const { statusCode: status = 0, headers } = response;
    return { status, headers, body, json: isJson ? JSON.parse(body.toString()) : undefined };
  }

  /** As `ask`; resolves with the head of the answer, when all was sent. */
  async open(
    path: string,
    { method = 'POST', headers = {}, body = [Buffer.alloc(0)] }: HttpAsk,
  ): Promise<IncomingMessage> {
    const [host = '', port = ''] = this.address.split(':');
    const [first = Buffer.alloc(0)] = body;
    const length = body.length > 1 || method === 'GET' ? {} : { 'content-length': first.length };
    const outgoing = request({
      ...{ agent: this.agent, method, host, port, path },
      headers: { 'content-type': 'application/protobuf', ...length, ...headers } as never,
    });
    outgoing.on('error', () => undefined); // told to those who read
    outgoing.on('socket', () => {
      if (!outgoing.reusedSocket) this.opened += 1;
    });
    for (const chunk of body) outgoing.write(chunk);
    outgoing.end();
    const sent = once(outgoing, 'finish');
    const [[response]] = (await Promise.all([once(outgoing, 'response'), sent])) as [
      [IncomingMessage],
      unknown,
    ];
    return response;
  }

  close(): void {
    this.agent.destroy();
  }
}
