import { CreateTaskRequest } from '../generated/flwr/proto/app_task';
import { checkNewTask } from './new-task-rules';

function refusalOf(creator: string, fields: Partial<CreateTaskRequest>): string | undefined {
  try {
    checkNewTask(creator, CreateTaskRequest.fromPartial(fields));
    return undefined;
  } catch (error) {
    return (error as { errorName: string }).errorName;
  }
}

const CLIENT_APP = { type: 'flwr-clientapp', fabHash: 'hash' };

describe('checkNewTask', () => {
  it.each(['flwr-agentapp', 'flwr-serverapp', 'flwr-clientapp'])('lets a %s create', (creator) => {
    expect(refusalOf(creator, CLIENT_APP)).toBeUndefined();
  });

  it.each(['flwr-model', 'flwr-connector', 'flwr-simulation', ''])(
    'lets no %j create',
    (creator) => {
      expect(refusalOf(creator, CLIENT_APP)).toBe('TASK_CREATION_REFUSED');
    },
  );

  it.each<Partial<CreateTaskRequest>>([
    { type: 'flwr-serverapp', fabHash: 'hash' },
    { type: 'flwr-agentapp', fabHash: 'hash' },
    { type: 'flwr-model', modelRef: 'ref' },
    { type: 'flwr-connector', connectorRef: 'web_search' },
  ])('accepts %j', (fields) => {
    expect(refusalOf('flwr-serverapp', fields)).toBeUndefined();
  });

  it.each([
    ['github', 'CONNECTOR_NOT_AVAILABLE'],
    ['Web_Search', 'CONNECTOR_NOT_FOUND'],
    ['nobody-s', 'CONNECTOR_NOT_FOUND'],
  ])('refuses a task for connector %s: %s', (connectorRef, refusal) => {
    expect(refusalOf('flwr-agentapp', { type: 'flwr-connector', connectorRef })).toBe(refusal);
  });

  it.each<Partial<CreateTaskRequest>>([
    { type: '' },
    { type: 'flwr-simulation', fabHash: 'hash' },
    { type: 'flwr-clientapp' },
    { type: 'flwr-clientapp', fabHash: '' },
    { type: 'flwr-clientapp', modelRef: 'ref' },
    { type: 'flwr-model', fabHash: 'hash' },
    { type: 'flwr-connector', modelRef: 'ref' },
    { type: '__proto__', fabHash: 'hash' },
    { type: 'constructor', fabHash: 'hash' },
  ])('refuses %j', (fields) => {
    expect(refusalOf('flwr-serverapp', fields)).toBe('INVALID_TASK_REQUEST');
  });
});
