import type { Server } from 'node:http';

import { ExpressAdapter } from '@nestjs/platform-express';
import type { Response } from 'express';

/** Connections that wait to be accepted; Node's own 511 overflows when thousands of SuperNodes come back at once. */
const BACKLOG = 4_096;

/** Nest's adapter to Express, for handlers whose answers are bytes, or were sent already. */
export class RpcExpressAdapter extends ExpressAdapter {
  constructor() {
    super();
    this.disable('x-powered-by');
    this.disable('etag'); // a digest of each answer, which no client asks for
  }

  /** Beyond the backlog the kernel drops clients, who then wait for seconds to be heard. */
  override listen(
    port: string | number,
    hostOrDone?: string | (() => void),
    done?: () => void,
  ): Server {
    const server = this.getHttpServer() as Server;
    const [host, onListening] =
      typeof hostOrDone === 'function' ? [undefined, hostOrDone] : [hostOrDone, done];
    return server.listen({ port: Number(port), host, backlog: BACKLOG }, onListening);
  }

  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    if (response.headersSent) return response;
    if (!Buffer.isBuffer(body)) return super.reply(response, body, statusCode) as unknown;
    if (statusCode !== undefined) response.status(statusCode);
    response.setHeader('content-length', body.length);
    return response.end(body);
  }
}
