import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const FRAME_HEAD_BYTES = 9;
const DATA = 0x0;
const HEADERS = 0x1;
const END_STREAM = 0x1;

/** What of the swallowed answer could be seen on the wire. */
export interface LostAnswer {
  /** True if it carried a message: a refusal consists of headers alone. */
  readonly hasMessage: boolean;
}

/**
 * A TCP proxy before one gRPC port. Once armed it lets the next call through, swallows its answer as soon as that is
 * complete, and breaks the connection: the server has committed and answered, the client never learns of it.
 */
export class AnswerSwallowingProxy {
  private lose: ((answer: LostAnswer) => void) | undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly address: string,
  ) {}

  /** Listens on a free port of 127.0.0.1, before `target` (`host:port`). */
  static async before(target: string): Promise<AnswerSwallowingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const proxy = new AnswerSwallowingProxy(server, `127.0.0.1:${port}`);
    const [host = '', targetPort = ''] = target.split(':');
    server.on('connection', (client) => {
      proxy.join(client, connect(Number(targetPort), host));
    });
    return proxy;
  }

  /** From now on no byte reaches a client; resolves when the next answer was complete and is lost. */
  arm(): Promise<LostAnswer> {
    return new Promise((resolve) => {
      this.lose = resolve;
    });
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined); // the other end has gone, which 'close' tells as well
    }
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    client.pipe(server);
    const frames = new FrameScanner();
    let hasMessage = false;
    server.on('data', (bytes) => {
      const seen = frames.scan(bytes);
      if (this.lose === undefined) {
        client.write(bytes);
        return;
      }
      hasMessage ||= seen.some(({ type }) => type === DATA);
      if (!seen.some(({ type, flags }) => type === HEADERS && (flags & END_STREAM) !== 0)) return;
      server.destroy();
      client.destroy();
      this.lose({ hasMessage });
    });
  }
}

interface Frame {
  readonly type: number;
  readonly flags: number;
}

/** Reads the heads of the HTTP/2 frames in a byte stream. */
class FrameScanner {
  private head = Buffer.alloc(0);
  private bodyBytesLeft = 0;

  /** The frames whose heads end in these bytes. */
  scan(bytes: Buffer): Frame[] {
    const frames: Frame[] = [];
    let rest = bytes;
    while (rest.length > 0) {
      const skipped = Math.min(rest.length, this.bodyBytesLeft);
      this.bodyBytesLeft -= skipped;
      rest = rest.subarray(skipped);
      const wanted = FRAME_HEAD_BYTES - this.head.length;
      this.head = Buffer.concat([this.head, rest.subarray(0, wanted)]);
      rest = rest.subarray(wanted);
      if (this.head.length < FRAME_HEAD_BYTES) break;
      this.bodyBytesLeft = this.head.readUIntBE(0, 3);
      frames.push({ type: this.head.readUInt8(3), flags: this.head.readUInt8(4) });
      this.head = Buffer.alloc(0);
    }
    return frames;
  }
}
