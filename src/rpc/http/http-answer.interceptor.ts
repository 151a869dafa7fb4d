import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { defaultIfEmpty, map, type Observable } from 'rxjs';

import { Wakeups } from '../../waiting/wakeups';
import { answerSerializer } from '../lean-codecs';
import { rpcCallOf, rpcMetadataOf } from '../rpc-call-of';
import { isOld } from './connection-age';
import { announceMessage } from './http-answer';
import { httpResponseIn } from './http-call';

/** Turns a handler's answer into the bytes of a unary answer over HTTP. */
@Injectable()
export class HttpAnswerInterceptor implements NestInterceptor<unknown, unknown> {
  constructor(private readonly wakeups: Wakeups) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http' || rpcMetadataOf(context) === undefined) return next.handle();
    const response = httpResponseIn(context);
    const serialize = answerSerializer(rpcCallOf(context).definition);
    return next.handle().pipe(
      map((answer) => {
        announceMessage(response);
        // a draining replica sends its clients elsewhere with their last answer
        if (this.wakeups.isClosed || isOld(response.req.socket)) {
          response.setHeader('connection', 'close');
        }
        return serialize(answer as never);
      }),
      defaultIfEmpty(undefined), // a stream, which was sent: Nest takes nothing at all for a failure
    );
  }
}
