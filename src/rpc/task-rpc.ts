import { RuntimeService } from '../generated/flwr/proto/runtime';
import { ServerAppIoService } from '../generated/flwr/proto/serverappio';

export type SharedMethod = keyof typeof ServerAppIoService & keyof typeof RuntimeService;

/** A method of both services that SuperExec and task processes call: ServerAppIo to 1.33, Runtime from 1.34 on. */
export function taskRpc<Method extends SharedMethod>(
  method: Method,
): [(typeof ServerAppIoService)[Method], (typeof RuntimeService)[Method]] {
  return [ServerAppIoService[method], RuntimeService[method]];
}
