import { ControlService } from '../../generated/flwr/proto/control';
import { FleetService } from '../../generated/flwr/proto/fleet';
import { RuntimeService } from '../../generated/flwr/proto/runtime';
import { HealthService } from '../../generated/grpc/health/v1/health';
import type { Urgency } from '../../waiting/turns';
import type { RpcDefinition } from '../rpc.decorator';
import { type SharedMethod, taskRpc } from '../task-rpc';

const ofTasks = (...methods: SharedMethod[]): RpcDefinition[] => methods.flatMap(taskRpc);

/** Who is not heard in time counts as lost; who confirms has done its work. */
const FIRST: readonly RpcDefinition[] = [
  HealthService.check,
  FleetService.sendNodeHeartbeat,
  FleetService.confirmMessageReceived,
  FleetService.deactivateNode,
  ...ofTasks('sendTaskHeartbeat', 'confirmMessageReceived'),
  ControlService.stopRun,
];
/** What begins something for a node or a task. People at a CLI, who do not come again, wait in front of them. */
const LAST: readonly RpcDefinition[] = [
  FleetService.registerNode,
  FleetService.activateNode,
  FleetService.pullMessages,
  ...ofTasks('pullPendingTasks', 'claimTask', 'createTask', 'pushMessages', 'startAutomation'),
  RuntimeService.acquireTask,
];

const URGENCY: ReadonlyMap<string, Urgency> = new Map([
  ...LAST.map(({ path }) => [path, 'last'] as const),
  ...FIRST.map(({ path }) => [path, 'first'] as const),
]);

/** How urgent a call of the RPC `path` is: what is in work goes on before anything new begins. */
export function urgencyOf(path: string): Urgency {
  return URGENCY.get(path) ?? 'usual';
}
