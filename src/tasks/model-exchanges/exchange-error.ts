/** Why an exchange with a model gave no answer; the codes are those that upstream's endpoint tells its clients. */
export type ExchangeFailure =
  | 'invalid_model_event'
  | 'invalid_model_response'
  | 'model_provider_error'
  | 'model_response_timeout'
  | 'model_stream_failed'
  | 'model_task_creation_failed'
  | 'model_task_failed'
  | 'model_task_launch_timeout';

/** Thrown by exchanges with models; the message is for the agent's developer. */
export class ExchangeError extends Error {
  constructor(
    readonly failure: ExchangeFailure,
    message: string,
  ) {
    super(message);
  }
}
