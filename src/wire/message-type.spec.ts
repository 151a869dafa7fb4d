import { isMessageType } from './message-type';

describe('isMessageType', () => {
  it.each([
    ...['train', 'evaluate', 'query', 'system', 'train.warm_up', 'query._2', 'evaluate.größe'],
    ...['get_properties', 'get_parameters', 'reconnect'],
  ])('knows %s', (type) => {
    expect(isMessageType(type)).toBe(true);
  });

  it.each(['', 'Train', 'train.', 'train.2', 'train.a.b', 'train.a b', 'trains', 'train\n'])(
    'does not know %j',
    (type) => {
      expect(isMessageType(type)).toBe(false);
    },
  );
});
