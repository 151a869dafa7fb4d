import { translateDatabaseError } from '../../database/database-errors';
import { SuperLinkError } from '../../errors/superlink-error';
import { ExchangeError, type ExchangeFailure } from '../../tasks/model-exchanges/exchange-error';

type Code =
  | ExchangeFailure
  | 'internal_error'
  | 'invalid_api_key'
  | 'invalid_json'
  | 'invalid_request'
  | 'unavailable'
  | 'unsupported_parameter';

const STATUS: Readonly<Record<Code, number>> = {
  invalid_json: 400,
  invalid_request: 400,
  unsupported_parameter: 400,
  invalid_api_key: 401,
  internal_error: 500,
  model_task_creation_failed: 500,
  invalid_model_event: 502,
  invalid_model_response: 502,
  model_provider_error: 502,
  model_stream_failed: 502,
  model_task_failed: 502,
  unavailable: 503,
  model_response_timeout: 504,
  model_task_launch_timeout: 504,
};
const FAULTS_OF_THE_CALLER = 401;

/** An error in the words of OpenAI's API, whose clients agents use. */
export class ResponsesError extends Error {
  constructor(
    readonly code: Code,
    message: string,
  ) {
    super(message);
  }

  get status(): number {
    return STATUS[this.code];
  }

  get headers(): Readonly<Record<string, string>> {
    if (this.code === 'invalid_api_key') return { 'www-authenticate': 'Bearer' };
    return this.code === 'unavailable' ? { 'retry-after': '1' } : {};
  }

  /** The body of an answer. */
  get envelope(): object {
    const type = this.status <= FAULTS_OF_THE_CALLER ? 'invalid_request_error' : 'server_error';
    return { error: { message: this.message, type, param: null, code: this.code } };
  }
}

/** What is told of anything that was thrown; undefined if no rule foresaw it. */
export function toResponsesError(thrown: unknown): ResponsesError | undefined {
  if (thrown instanceof ResponsesError) return thrown;
  if (thrown instanceof ExchangeError) return new ResponsesError(thrown.failure, thrown.message);
  const known = translateDatabaseError(thrown);
  if (!(known instanceof SuperLinkError)) return undefined;
  switch (known.errorName) {
    case 'UNAUTHENTICATED':
      return new ResponsesError('invalid_api_key', 'The task token is not valid.');
    case 'UNAVAILABLE':
      return new ResponsesError('unavailable', 'Try again in a moment.');
    case 'INVALID_PROTOBUF_PAYLOAD':
      return new ResponsesError('invalid_request', known.details ?? 'The request is not valid.');
    default:
      return undefined;
  }
}
