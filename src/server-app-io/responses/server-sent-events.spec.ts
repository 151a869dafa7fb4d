import { ResponsesError } from './responses-error';
import { errorFrame, frameOf } from './server-sent-events';

describe('an event of a stream', () => {
  it('is its name and its data, a field for each line', () => {
    expect(frameOf({ event: 'response.created', data: '{"a":1}' })).toBe(
      'event: response.created\ndata: {"a":1}\n\n',
    );
    expect(frameOf({ event: 'e', data: 'one\ntwo\r\nthree' })).toBe(
      'event: e\ndata: one\ndata: two\ndata: three\n\n',
    );
    expect(frameOf({ event: 'e', data: '' })).toBe('event: e\ndata: \n\n');
  });

  it('cannot pass for two by its name', () => {
    expect(() => frameOf({ event: 'a\n\nevent: b', data: '' })).toThrow(ResponsesError);
  });

  it('tells an error with the number of events before it', () => {
    const frame = errorFrame(new ResponsesError('model_task_failed', 'It broke.'), 3);
    expect(frame).toMatch(/^event: error\ndata: .*\n\n$/);
    expect(JSON.parse(frame.slice(frame.indexOf('{')))).toEqual({
      type: 'error',
      code: 'model_task_failed',
      message: 'It broke.',
      param: null,
      sequence_number: 3,
    });
  });
});
