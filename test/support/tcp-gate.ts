import { EventEmitter, on, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

type Side = 'client' | 'server';
const BOTH: readonly Side[] = ['client', 'server'];

/**
 * A TCP proxy that can be shut: nothing gets through any more, in neither direction or in one, and nobody is told. That
 * is what a partition looks like; new connections are accepted and stay silent.
 */
export class TcpGate {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private readonly passed = new EventEmitter<{ bytes: [Buffer] }>();
  /** Those of whom nothing is heard. */
  private silent: readonly Side[] = [];

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** Listens on a free port of 127.0.0.1, open, before a port of 127.0.0.1. */
  static async before(targetPort: number): Promise<TcpGate> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const gate = new TcpGate(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => {
      gate.join(client, connect(targetPort, '127.0.0.1'));
    });
    return gate;
  }

  /** Nothing that these sides say gets through from now on: of neither, if none is named. */
  shut(...silent: readonly Side[]): void {
    this.silent = silent.length > 0 ? silent : BOTH;
    for (const pair of this.pairs) this.hush(pair);
  }

  /** What was sent in the meantime goes on its way. */
  open(): void {
    this.silent = [];
    for (const pair of this.pairs) {
      for (const socket of pair) socket.resume();
      this.endIfHalf(pair);
    }
  }

  /** Resolves when a client has said this, in one piece, and it is on its way to the server. */
  async untilPassed(text: string): Promise<void> {
    for await (const [bytes] of on(this.passed, 'bytes') as AsyncIterable<[Buffer]>) {
      if (bytes.includes(text)) return;
    }
  }

  async close(): Promise<void> {
    for (const socket of [...this.pairs].flat()) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(...pair: readonly [Socket, Socket]): void {
    this.pairs.add(pair);
    const [client, server] = pair;
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.setNoDelay(true);
      from.on('error', () => undefined); // 'close' follows
      from.on('data', (bytes) => {
        to.write(bytes);
        if (from === client) this.passed.emit('bytes', bytes);
      });
      from.on('close', () => {
        this.endIfHalf(pair);
      });
    }
    this.hush(pair);
  }

  private hush([client, server]: readonly [Socket, Socket]): void {
    if (this.silent.includes('client')) client.pause();
    if (this.silent.includes('server')) server.pause();
  }

  /** The end of one side is news that has to pass, too. */
  private endIfHalf(pair: readonly [Socket, Socket]): void {
    if (this.silent.length > 0 || !pair.some((socket) => socket.destroyed)) return;
    this.pairs.delete(pair);
    for (const socket of pair) socket.destroy();
  }
}
