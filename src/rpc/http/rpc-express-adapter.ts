import { ExpressAdapter } from '@nestjs/platform-express';
import type { Response } from 'express';

/** Nest's adapter to Express, for handlers whose answers are bytes, or were sent already. */
export class RpcExpressAdapter extends ExpressAdapter {
  constructor() {
    super();
    this.disable('x-powered-by');
    this.disable('etag'); // a digest of each answer, which no client asks for
  }

  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    if (response.headersSent) return response;
    if (!Buffer.isBuffer(body)) return super.reply(response, body, statusCode) as unknown;
    if (statusCode !== undefined) response.status(statusCode);
    response.setHeader('content-length', body.length);
    return response.end(body);
  }
}
