import { ControlService } from '../../../src/generated/flwr/proto/control';
import { RuntimeService } from '../../../src/generated/flwr/proto/runtime';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import type { RpcShape } from '../core/wire';
import type { Edition } from './stage';

type Methods = Readonly<Record<string, RpcShape>>;

/** Methods of each service that the stock release of the edition does not serve. */
const NOT_SERVED: Readonly<Record<Edition, readonly string[]>> = {
  grpc: [
    ...['addApp', 'deleteApp', 'listAppAssociations', 'listApps', 'removeApp', 'storeApp'],
    ...['listRunSeriesEvents', 'updateRunSeriesDescription', 'setFederationIcon'],
    ...['refreshAuthTokens', 'getFederationOptions'],
  ],
  http: ['deleteApp', 'storeApp', 'claimTask', 'pullPendingTasks', 'getRun'],
};

export function methodsOfControl(edition: Edition): [string, RpcShape][] {
  return servedOf(ControlService, edition);
}

/** Those of ServerAppIo to 1.33, of Runtime from 1.34 on. */
export function methodsOfTasks(edition: Edition): [string, RpcShape][] {
  return servedOf(edition === 'grpc' ? ServerAppIoService : RuntimeService, edition);
}

/** Methods that ask for no token. */
export const WITHOUT_TOKEN: ReadonlySet<string> = new Set([
  'pullPendingTasks',
  'claimTask',
  'getRun',
  'acquireTask',
]);

function servedOf(service: Methods, edition: Edition): [string, RpcShape][] {
  return Object.entries(service).filter(([name]) => !NOT_SERVED[edition].includes(name));
}
