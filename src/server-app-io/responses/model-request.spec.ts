import { modelRequestOf } from './model-request';
import { ResponsesError } from './responses-error';

const read = (value: unknown) => modelRequestOf(Buffer.from(JSON.stringify(value)));
function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ResponsesError) return error.code;
    throw error;
  }
  throw new TypeError('nothing was thrown');
}

const ASKED = { model: 'any/model', input: 'Why?' };

describe('a request to a model', () => {
  it('says whether it wants a stream, in any case', () => {
    expect(read(ASKED)).toEqual({
      model: 'any/model',
      isStream: false,
      json: '{"stream":false,"model":"any/model","input":"Why?"}',
    });
    expect(read({ ...ASKED, stream: true }).isStream).toBe(true);
  });

  it('leaves fields out that are null', () => {
    const { json } = read({ ...ASKED, tools: null, stream: null });
    expect(JSON.parse(json)).toEqual({ ...ASKED, stream: false });
  });

  it('carries every field that a model process knows', () => {
    const whole = {
      model: 'm',
      input: [{ role: 'user', content: 'é' }],
      stream: true,
      tools: [{ type: 'function' }],
      tool_choice: 'auto',
      reasoning: { effort: 'low' },
      previous_response_id: 'before',
      instructions: '',
      max_output_tokens: 5,
      metadata: {},
      text: { format: { type: 'text' } },
    };
    expect(JSON.parse(read(whole).json)).toEqual(whole);
  });

  it('may carry images, and whatever a conversation holds', () => {
    const content = [{ type: 'input_image', image_url: `data:${'A'.repeat(5_000_000)}` }];
    const input = Array.from({ length: 10_000 }, () => ({ role: 'user', content: 'Why?' }));
    const asked = { ...ASKED, input: [...input, { role: 'user', content }], stream: false };
    expect(JSON.parse(read(asked).json)).toEqual(asked);
  });

  it.each([
    ['no JSON', '{', 'invalid_json'],
    [
      'more values than anybody sends',
      `{"model":"m","input":[${'{},'.repeat(1_000_000)}{}]}`,
      'invalid_json',
    ],
    [
      'lists in lists in lists, ten thousand times',
      `{"model":"m","input":[{"all":${'['.repeat(10_000)}${']'.repeat(10_000)}}]}`,
      'invalid_json',
    ],
    ['text of another encoding', Buffer.from('{"model":"é","input":""}', 'latin1'), 'invalid_json'],
    ['a list', '[]', 'invalid_request'],
    ['a number', '1', 'invalid_request'],
    ['nothing about a model', '{"input":""}', 'invalid_request'],
    ['a model without a name', '{"model":"","input":""}', 'invalid_request'],
    ['no input', '{"model":"m"}', 'invalid_request'],
    ['a null for input', '{"model":"m","input":null}', 'invalid_request'],
    ['a list of texts for input', '{"model":"m","input":["a"]}', 'invalid_request'],
    ['a text for stream', '{"model":"m","input":"","stream":"yes"}', 'invalid_request'],
    ['half a token', '{"model":"m","input":"","max_output_tokens":0.5}', 'invalid_request'],
    ['a field of no request', '{"model":"m","input":"","seed":1}', 'unsupported_parameter'],
    ['a field of every object', '{"model":"m","input":"","toString":1}', 'unsupported_parameter'],
  ])('is not %s', (_, body, code) => {
    expect(codeOf(() => modelRequestOf(Buffer.from(body)))).toBe(code);
  });
});
