import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';

import { LOGGER, type Logger } from '../../logging/logger';
import { httpRequestIn, httpResponseIn } from '../../rpc/http/http-call';
import { ResponsesError, toResponsesError } from './responses-error';

/** Answers what is thrown before an answer has begun. */
@Catch()
export class ResponsesErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    httpRequestIn(host).resume(); // a client that is cut while it sends never reads its answer
    const { status, headers, envelope } = this.known(thrown);
    httpResponseIn(host).status(status).set(headers).json(envelope);
  }

  /** What no rule foresaw is logged whole and told as an internal error. */
  known(thrown: unknown): ResponsesError {
    const known = toResponsesError(thrown);
    if (known !== undefined) return known;
    this.logger.error({ err: thrown }, 'call failed for an unforeseen reason');
    return new ResponsesError('internal_error', 'Internal error.');
  }
}
