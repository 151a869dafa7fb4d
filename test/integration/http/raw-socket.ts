import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection to a replica's HTTP port on which anything can be said. */
export class RawSocket {
  private heard = '';
  private readonly socket: Socket;
  private readonly ended: Promise<unknown>;

  constructor(address: string) {
    const [host = '', port = ''] = address.split(':');
    this.socket = connect({ host, port: Number(port), noDelay: true });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => (this.heard += text));
    this.socket.on('error', () => undefined); // the server may cut it
    this.ended = new Promise((done) => this.socket.on('close', done));
  }

  /** Resolves when all has left. */
  async say(text: string | Buffer): Promise<void> {
    await new Promise((done) => this.socket.write(text, done));
  }

  /** Statuses of the answers so far. */
  get statuses(): number[] {
    return [...this.heard.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  get text(): string {
    return this.heard;
  }

  async hears(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.heard)) await once(this.socket, 'data');
  }

  /** Resolves when the server has closed it. */
  async closed(): Promise<void> {
    await this.ended;
  }

  /** Says it, and hears all until the server closes the connection. */
  async exchange(text: string | Buffer): Promise<string> {
    await this.say(text);
    await this.closed();
    return this.heard;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** A request with the protocol's content type, as text. */
export function requestText(path: string, headers: readonly string[] = [], body = ''): string {
  const framing = headers.some((line) => /^(content-length|transfer-encoding)/i.test(line))
    ? []
    : [`content-length: ${body.length}`];
  const head = ['host: x', 'content-type: application/protobuf', ...framing, ...headers];
  return `POST ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${body}`;
}
