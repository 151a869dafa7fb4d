import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { type Observable, tap } from 'rxjs';

import { rpcCallOf, rpcMetadataOf } from './rpc-call-of';
import { RpcLog } from './rpc-log';

/** Logs each call that went well; `RpcErrorFilter` logs the others. */
@Injectable()
export class RpcLogInterceptor implements NestInterceptor {
  constructor(private readonly log: RpcLog) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (rpcMetadataOf(context) === undefined) return next.handle();
    const call = rpcCallOf(context);
    return next.handle().pipe(
      tap({
        complete: () => {
          this.log.completed(call);
        },
      }),
    );
  }
}
