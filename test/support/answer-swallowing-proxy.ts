import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import type { AnswerScanner } from './answer-scanners';

/** What of the swallowed answer could be seen on the wire. */
export interface LostAnswer {
  /** True if it carried a message: a refusal does not. */
  readonly hasMessage: boolean;
}

/**
 * A TCP proxy before one port of a replica. Once armed it lets the next call through, swallows its answer as soon as
 * that is complete, and breaks the connection: the server has committed and answered, the client never learns of it.
 */
export class AnswerSwallowingProxy {
  private lose: ((answer: LostAnswer) => void) | undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly address: string,
    private readonly newScanner: () => AnswerScanner,
  ) {}

  /** Listens on a free port of 127.0.0.1, before `target` (`host:port`), which speaks what the scanners read. */
  static async before(
    target: string,
    newScanner: () => AnswerScanner,
  ): Promise<AnswerSwallowingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const proxy = new AnswerSwallowingProxy(server, `127.0.0.1:${port}`, newScanner);
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
    const answer = this.newScanner();
    server.on('data', (bytes) => {
      const hasEnded = answer.scan(bytes);
      if (this.lose === undefined) {
        client.write(bytes);
        return;
      }
      if (!hasEnded) return;
      server.destroy();
      client.destroy();
      this.lose({ hasMessage: answer.hasMessage });
    });
  }
}
