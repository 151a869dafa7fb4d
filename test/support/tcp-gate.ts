import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP proxy that can be shut: nothing gets through any more, in neither direction, and nobody is told. That is what
 * a partition looks like; new connections are accepted and stay silent.
 */
export class TcpGate {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private isShut = false;

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

  shut(): void {
    this.isShut = true;
    for (const socket of [...this.pairs].flat()) socket.pause();
  }

  /** What was sent in the meantime goes on its way. */
  open(): void {
    this.isShut = false;
    for (const pair of this.pairs) {
      for (const socket of pair) socket.resume();
      this.endIfHalf(pair);
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
      from.on('data', (bytes) => to.write(bytes));
      from.on('close', () => {
        this.endIfHalf(pair);
      });
      if (this.isShut) from.pause();
    }
  }

  /** The end of one side is news that has to pass, too. */
  private endIfHalf(pair: readonly [Socket, Socket]): void {
    if (this.isShut || !pair.some((socket) => socket.destroyed)) return;
    this.pairs.delete(pair);
    for (const socket of pair) socket.destroy();
  }
}
