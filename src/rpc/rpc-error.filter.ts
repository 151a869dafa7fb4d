import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Inject,
} from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { type Observable, throwError } from 'rxjs';

import { translateDatabaseError } from '../database/database-errors';
import { SuperLinkError } from '../errors/superlink-error';
import { LOGGER, type Logger } from '../logging/logger';
import { toGrpcError } from './grpc/grpc-error';

/** The only place where an error becomes an answer. What no rule foresaw is logged whole and told as INTERNAL. */
@Catch()
export class RpcErrorFilter extends BaseExceptionFilter implements ExceptionFilter {
  constructor(
    adapterHost: HttpAdapterHost,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(adapterHost.httpAdapter);
  }

  override catch(thrown: unknown, host: ArgumentsHost): Observable<never> | undefined {
    if (host.getType() === 'http') {
      super.catch(this.asHttp(thrown), host);
      return undefined;
    }
    return throwError(() => toGrpcError(this.asSuperLinkError(thrown)));
  }

  private asHttp(thrown: unknown): unknown {
    if (!(thrown instanceof HttpException)) this.logger.error({ err: thrown }, 'HTTP call failed');
    return thrown;
  }

  private asSuperLinkError(thrown: unknown): SuperLinkError {
    const known = translateDatabaseError(thrown);
    if (known instanceof SuperLinkError) return known;
    this.logger.error({ err: thrown }, 'call failed for an unforeseen reason');
    return new SuperLinkError('INTERNAL', undefined, { cause: thrown });
  }
}
