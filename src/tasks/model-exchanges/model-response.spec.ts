import { Message } from '../../generated/flwr/proto/message';
import { makeRecordMessage } from '../../wire/record-message';
import { ExchangeError } from './exchange-error';
import { responseIn } from './model-response';

function replyOf(text: string, record = 'payload', field = 'json'): Buffer {
  const { message } = makeRecordMessage({}, { record, field, text });
  return Buffer.from(Message.encode(message).finish());
}

function failureOf(reply: Buffer): unknown {
  try {
    responseIn(reply);
  } catch (error) {
    if (error instanceof ExchangeError) return { failure: error.failure, message: error.message };
    throw error;
  }
  throw new TypeError('nothing was thrown');
}

describe('the answer of a model', () => {
  it('is the text that its task wrote', () => {
    const text = '{ "object": "response", "id": "r", "output": [{}], "n": 1.0, "error": null }';
    expect(responseIn(replyOf(text))).toBe(text);
  });

  it.each([
    ['another record', replyOf('{"object":"response"}', 'other')],
    ['another field', replyOf('{"object":"response"}', 'payload', 'text')],
    ['no content', Buffer.from(Message.encode(Message.fromPartial({})).finish())],
    ['no JSON', replyOf('{')],
    ['a list', replyOf('[]')],
    ['another object', replyOf('{"object":"list"}')],
    ['a number for its id', replyOf('{"object":"response","id":1}')],
    ['texts for output', replyOf('{"object":"response","output":["a"]}')],
    ['a text for its error', replyOf('{"object":"response","error":"bad"}')],
  ])('is not valid with %s', (_, reply) => {
    expect(failureOf(reply)).toMatchObject({ failure: 'invalid_model_response' });
  });

  it('that tells of a failure is one', () => {
    const told = '{"object":"response","error":{"message":"over quota"}}';
    expect(failureOf(replyOf(told))).toEqual({
      failure: 'model_provider_error',
      message: 'over quota',
    });
    const failed = replyOf('{"object":"response","status":"failed","error":null}');
    expect(failureOf(failed)).toMatchObject({ failure: 'model_provider_error' });
  });
});
