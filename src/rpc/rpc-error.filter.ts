import { STATUS_CODES } from 'node:http';

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
import { httpRequestIn, httpResponseIn } from './http/http-call';
import { toHttpError } from './http/http-error';
import { rpcPathOf } from './http/http-routes';
import { knownCallOf } from './rpc-call-of';
import { RpcLog } from './rpc-log';
import { RpcMeter } from './rpc-meter';

/** The only place where an error becomes an answer. What no rule foresaw is logged whole and told as INTERNAL. */
@Catch()
export class RpcErrorFilter extends BaseExceptionFilter implements ExceptionFilter {
  constructor(
    adapterHost: HttpAdapterHost,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly meter: RpcMeter,
    private readonly log: RpcLog,
  ) {
    super(adapterHost.httpAdapter);
  }

  override catch(thrown: unknown, host: ArgumentsHost): Observable<never> | undefined {
    this.note(thrown, host);
    if (host.getType() === 'http') {
      this.answerOverHttp(thrown, host);
      return undefined;
    }
    return throwError(() => toGrpcError(this.asSuperLinkError(thrown)));
  }

  /** Logs what failed, and counts what the guards refused and what was no call yet; the rest is counted already. */
  private note(thrown: unknown, host: ArgumentsHost): void {
    const call = knownCallOf(host);
    if (call !== undefined) {
      this.meter.end(call, thrown);
      this.log.failed(call, thrown);
      call.leave();
    } else if (host.getType() === 'http' && !(thrown instanceof HttpException)) {
      const { path: httpPath, readableAborted } = httpRequestIn(host);
      // who is cut for silence was told something, as far as can be known
      const isGone = readableAborted && !(thrown instanceof SuperLinkError);
      const path = rpcPathOf(httpPath);
      if (path !== undefined) this.meter.refused({ path, transport: 'http', isGone }, thrown);
    }
  }

  private answerOverHttp(thrown: unknown, host: ArgumentsHost): void {
    const response = httpResponseIn(host);
    if (response.headersSent) {
      // a stream has no other way to say that it is not whole
      this.asSuperLinkError(thrown);
      response.destroy();
      return;
    }
    // a client that is cut while it sends never reads its answer: what is left of the body is thrown away
    httpRequestIn(host).resume();
    if (thrown instanceof HttpException) {
      this.answerAsFramework(thrown, host);
      return;
    }
    const { status, headers, body } = toHttpError(
      this.asSuperLinkError(thrown),
      knownCallOf(host)?.access,
    );
    response.status(status).set(headers).json(body);
  }

  /** Probes tell in their own words; what is wrong with a route or a method upstream's framework says so. */
  private answerAsFramework(thrown: HttpException, host: ArgumentsHost): void {
    if (httpRequestIn(host).path.startsWith('/health')) {
      super.catch(thrown, host);
      return;
    }
    const status = thrown.getStatus();
    httpResponseIn(host)
      .status(status)
      .json({ detail: STATUS_CODES[status] ?? 'Error' });
  }

  private asSuperLinkError(thrown: unknown): SuperLinkError {
    const known = translateDatabaseError(thrown);
    if (known instanceof SuperLinkError) return known;
    this.logger.error({ err: thrown }, 'call failed for an unforeseen reason');
    return new SuperLinkError('INTERNAL', undefined, { cause: thrown });
  }
}
