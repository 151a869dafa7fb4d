import {
  Injectable,
  MethodNotAllowedException,
  type NestMiddleware,
  NotFoundException,
} from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';

import { SuperLinkError } from '../../errors/superlink-error';
import { Admission } from '../admission/admission';
import { untilEndsAreSeen } from '../ends-of-connections';
import { mostBytesOf } from '../request-limits';
import { isRoute, rpcPathOf } from './http-routes';
import { expectBody, receiveBody } from './rpc-body';

const MEDIA_TYPE = 'application/protobuf';
const REDIRECT_WITH_METHOD = 307;

/**
 * What a request below `/v1` must be before anybody looks at it: sent to a route, POST, and, where the route is an RPC's,
 * protobuf and not too long. Its answers to what is not are the ones of upstream's web framework.
 */
@Injectable()
export class RpcHttpMiddleware implements NestMiddleware {
  constructor(private readonly admission: Admission) {}

  async use(request: Request, response: Response, next: NextFunction): Promise<void> {
    const path = request.originalUrl.replace(/\?.*$/, '');
    if (!isRoute(path)) {
      if (path.endsWith('/') && isRoute(path.slice(0, -1))) {
        response.redirect(REDIRECT_WITH_METHOD, path.slice(0, -1));
        return;
      }
      // nothing else is served here, and Express would take it for a route that has other capitals
      throw new NotFoundException();
    }
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST');
      throw new MethodNotAllowedException();
    }
    const rpcPath = rpcPathOf(path);
    if (rpcPath === undefined || (await this.receive(request, response, rpcPath))) next();
  }

  /** False: its client has left. */
  private async receive(request: Request, response: Response, rpcPath: string): Promise<boolean> {
    const [mediaType = ''] = (request.headers['content-type'] ?? '').split(';');
    if (mediaType.trim().toLowerCase() !== MEDIA_TYPE) {
      throw new SuperLinkError('UNSUPPORTED_CONTENT_TYPE');
    }
    const incoming = expectBody(this.admission, rpcPath, request);
    response.once('close', () => {
      incoming.free();
    });
    await receiveBody(request, mostBytesOf(rpcPath), incoming);
    await untilEndsAreSeen();
    const { socket } = request;
    if (!socket.readableEnded && !socket.destroyed) return true;
    this.admission.noteGone(rpcPath);
    return false;
  }
}
