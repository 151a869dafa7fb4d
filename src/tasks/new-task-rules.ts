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

/** Connectors that need no login, so that every run has them. */
const BUILT_IN_CONNECTORS = new Set(['web_search', 'web_fetch', 'browser_use', 'filesystem']);
/** Those that upstream's releases name, and an agent's own tool: none is connected to any run here. */
const OTHER_CONNECTORS = new Set([
  'attio',
  'github',
  'gmail',
  'google_calendar',
  'google_drive',
  'notion',
  'slack',
  'start_automation',
]);

/** Throws unless a task of type `creator` may create the task, and names what a task of that type needs. */
export function checkNewTask(creator: string, request: CreateTaskRequest): void {
  if (!CREATORS.has(creator)) throw new SuperLinkError('TASK_CREATION_REFUSED');
  const needed = NEEDED[request.type];
  if (needed === undefined) refuse('The task type is unknown.');
  const reference = request[needed] ?? '';
  if (reference === '') refuse(`A task of this type needs ${needed}.`);
  if (needed === 'connectorRef') checkConnector(reference);
}

function checkConnector(reference: string): void {
  if (BUILT_IN_CONNECTORS.has(reference)) return;
  throw new SuperLinkError(
    OTHER_CONNECTORS.has(reference) ? 'CONNECTOR_NOT_AVAILABLE' : 'CONNECTOR_NOT_FOUND',
  );
}

function refuse(why: string): never {
  throw new SuperLinkError('INVALID_TASK_REQUEST', why);
}
