import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { type Observable, tap } from 'rxjs';

import { rpcCallOf, rpcMetadataOf } from './rpc-call-of';
import { RpcMeter } from './rpc-meter';

/** Sees the end of each call that got past the guards: it is counted, and its place is free. */
@Injectable()
export class RpcMeterInterceptor implements NestInterceptor {
  constructor(private readonly meter: RpcMeter) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (rpcMetadataOf(context) === undefined) return next.handle();
    const call = rpcCallOf(context);
    return next.handle().pipe(
      tap({
        error: (error: unknown) => {
          this.meter.end(call, error);
        },
        // after a completion, and when the client of a gRPC stream has gone and nobody listens any more
        finalize: () => {
          this.meter.end(call);
          call.leave();
        },
      }),
    );
  }
}
