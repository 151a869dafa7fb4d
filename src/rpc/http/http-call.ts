import type { ArgumentsHost } from '@nestjs/common';
import type { Request, Response } from 'express';

import type { RpcDefinition } from '../rpc.decorator';
import { type CallFacts, CLIENT_GONE } from '../rpc-call';
import { HttpHeaders } from './http-headers';
import { httpPathOf } from './http-path';
import { bodyOf } from './rpc-body';

/** Express' own object of the request that Nest is handling. */
export function httpRequestIn(host: ArgumentsHost): Request {
  return host.switchToHttp().getRequest<Request>();
}

export function httpResponseIn(host: ArgumentsHost): Response {
  return host.switchToHttp().getResponse<Response>();
}

/** Fires when the client has gone without its whole answer. */
export function goneSignalOf(response: Response): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort(CLIENT_GONE);
  });
  return gone.signal;
}

/** The call as every transport tells it; `definitions` are those that its handler serves. */
export function httpCallFacts(
  host: ArgumentsHost,
  definitions: readonly RpcDefinition[],
): CallFacts {
  const request = httpRequestIn(host);
  const response = httpResponseIn(host);
  const definition = definitions.find((each) => httpPathOf(each.path) === request.path);
  if (definition === undefined) throw new TypeError(`${request.path} came to a handler of others`);
  const { remoteAddress = '', remotePort = 0 } = request.socket;
  const gone = goneSignalOf(response);
  return {
    transport: 'http',
    definition,
    bytes: bodyOf(request),
    headers: new HttpHeaders(request),
    gone,
    origin: `${remoteAddress}:${remotePort}`,
    onEnd: (act) => void response.once('close', act),
    // without keep-alive the connection ends with every answer
    isAnswerLost: () => gone.aborted || (response.shouldKeepAlive && request.socket.destroyed),
  };
}
