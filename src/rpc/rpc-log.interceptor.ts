import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { type Observable, tap } from 'rxjs';

import { SuperLinkError } from '../errors/superlink-error';
import { LOGGER, type Logger } from '../logging/logger';
import { rpcCallOf, rpcMetadataOf } from './rpc-call-of';

/** One line a call: debug when it went well or was refused, warn when the database could not serve it. */
@Injectable()
export class RpcLogInterceptor implements NestInterceptor {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (rpcMetadataOf(context) === undefined) return next.handle();
    const call = rpcCallOf(context);
    const began = performance.now();
    const line = (): Record<string, unknown> => ({
      rpc: call.definition.path,
      transport: call.transport,
      caller: call.caller?.kind,
      release: call.client.release,
      component: call.client.component,
      milliseconds: Math.round(performance.now() - began),
    });
    return next.handle().pipe(
      tap({
        complete: () => {
          this.logger.debug(line(), 'rpc');
        },
        error: (error: unknown) => {
          this.logFailure(line(), error);
        },
      }),
    );
  }

  private logFailure(line: Record<string, unknown>, error: unknown): void {
    const failure = error instanceof SuperLinkError ? error.errorName : 'INTERNAL';
    if (failure === 'UNAVAILABLE') {
      this.logger.warn({ ...line, failure, cause: causeOf(error) }, 'rpc');
    } else {
      this.logger.debug({ ...line, failure }, 'rpc');
    }
  }
}

function causeOf(error: unknown): string | undefined {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
}
