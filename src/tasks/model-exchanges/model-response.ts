import { Message } from '../../generated/flwr/proto/message';
import { isObject, isObjects, type JsonObject, parseJson } from '../../wire/json';
import { textInRecord } from '../../wire/record-message';
import { ExchangeError } from './exchange-error';

/** Where tasks put the JSON that they send each other. */
export const JSON_PLACE = { record: 'payload', field: 'json' } as const;

/** What a model answered, as JSON text; throws ExchangeError if it is no response, or one that tells of a failure. */
export function responseIn(message: Buffer): string {
  const text = textInRecord(Message.decode(message), JSON_PLACE.record, JSON_PLACE.field);
  const response = text === undefined ? undefined : parseJson(text);
  if (text === undefined || !isResponse(response)) {
    throw new ExchangeError('invalid_model_response', 'The model task sent no valid response.');
  }
  const error = response['error'] ?? null;
  if (response['status'] === 'failed' || error !== null) {
    throw new ExchangeError('model_provider_error', messageOf(error));
  }
  return text;
}

function isResponse(value: unknown): value is JsonObject {
  if (!isObject(value) || value['object'] !== 'response') return false;
  const { id = '', status = '', output = [], error } = value;
  const areTexts = [id, status].every((each) => typeof each === 'string');
  return areTexts && isObjects(output) && isObject(error ?? {});
}

function messageOf(error: unknown): string {
  const message = isObject(error) ? error['message'] : undefined;
  return typeof message === 'string' ? message : 'The request to the model failed.';
}
