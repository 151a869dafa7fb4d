import { SuperLinkError } from '../errors/superlink-error';
import type { CreateTaskRequest } from '../generated/flwr/proto/app_task';

const CREATORS = new Set(['flwr-agentapp', 'flwr-serverapp', 'flwr-clientapp']);
const NEEDED: Readonly<Record<string, 'fabHash' | 'modelRef' | 'connectorRef'>> = {
  'flwr-serverapp': 'fabHash',
  'flwr-clientapp': 'fabHash',
  'flwr-agentapp': 'fabHash',
  'flwr-model': 'modelRef',
  'flwr-connector': 'connectorRef',
};

/** Throws unless a task of type `creator` may create the task, and names what a task of that type needs. */
export function checkNewTask(creator: string, request: CreateTaskRequest): void {
  if (!CREATORS.has(creator)) throw new SuperLinkError('TASK_CREATION_REFUSED');
  const needed = NEEDED[request.type];
  if (needed === undefined) refuse('The task type is unknown.');
  if ((request[needed] ?? '') === '') refuse(`A task of this type needs ${needed}.`);
}

function refuse(why: string): never {
  throw new SuperLinkError('INVALID_TASK_REQUEST', why);
}
