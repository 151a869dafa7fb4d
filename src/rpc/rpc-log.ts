import { Inject, Injectable } from '@nestjs/common';

import { translateDatabaseError } from '../database/database-errors';
import { SuperLinkError } from '../errors/superlink-error';
import { LOGGER, type Logger } from '../logging/logger';
import type { RpcCall } from './rpc-call';

/** One line a call: debug when it went well or was refused, warn when it could not be served and somebody waited. */
@Injectable()
export class RpcLog {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  completed(call: RpcCall): void {
    this.logger.debug(lineOf(call), 'rpc');
  }

  failed(call: RpcCall, thrown: unknown): void {
    const error = translateDatabaseError(thrown);
    const failure = error instanceof SuperLinkError ? error.errorName : 'INTERNAL';
    const line = { ...lineOf(call), failure };
    const isOfInterest = failure === 'UNAVAILABLE' && !call.gone.aborted;
    if (isOfInterest) this.logger.warn({ ...line, cause: causeOf(error) }, 'rpc');
    else this.logger.debug(line, 'rpc');
  }
}

function lineOf(call: RpcCall): Record<string, unknown> {
  return {
    rpc: call.definition.path,
    transport: call.transport,
    caller: call.caller?.kind,
    release: call.client.release,
    component: call.client.component,
    milliseconds: Math.round(performance.now() - call.began),
    ...(call.gone.aborted && { gone: true }), // nobody gets this answer
  };
}

function causeOf(error: unknown): string | undefined {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
}
