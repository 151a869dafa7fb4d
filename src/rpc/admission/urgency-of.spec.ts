import { ControlService } from '../../generated/flwr/proto/control';
import { FleetService } from '../../generated/flwr/proto/fleet';
import { RuntimeService } from '../../generated/flwr/proto/runtime';
import { ServerAppIoService } from '../../generated/flwr/proto/serverappio';
import { HealthService } from '../../generated/grpc/health/v1/health';
import { URGENCIES, type Urgency } from '../../waiting/turns';
import { type SharedMethod, taskRpc } from '../task-rpc';
import { urgencyOf } from './urgency-of';

const PATHS = [ControlService, FleetService, RuntimeService, ServerAppIoService, HealthService]
  .flatMap((service) => Object.values<{ readonly path: string }>({ ...service }))
  .map(({ path }) => path.replace('/flwr.proto.', ''));

const urgencyOfPath = (path: string): Urgency =>
  urgencyOf(path.startsWith('/') ? path : `/flwr.proto.${path}`);

/** All that are so urgent, by service and method. */
const pathsOf = (urgency: Urgency): string[] =>
  PATHS.filter((path) => urgencyOfPath(path) === urgency).toSorted();

describe('the urgency of a call', () => {
  it('is highest for what keeps somebody alive, confirms, or ends something', () => {
    expect(pathsOf('first')).toEqual([
      '/grpc.health.v1.Health/Check',
      'Control/StopRun',
      'Fleet/ConfirmMessageReceived',
      'Fleet/DeactivateNode',
      'Fleet/SendNodeHeartbeat',
      'Runtime/ConfirmMessageReceived',
      'Runtime/SendTaskHeartbeat',
      'ServerAppIo/ConfirmMessageReceived',
      'ServerAppIo/SendTaskHeartbeat',
    ]);
  });

  it('is lowest for what begins something new', () => {
    expect(pathsOf('last')).toEqual([
      'Fleet/ActivateNode',
      'Fleet/PullMessages',
      'Fleet/RegisterNode',
      'Runtime/AcquireTask',
      'Runtime/ClaimTask',
      'Runtime/CreateTask',
      'Runtime/PullPendingTasks',
      'Runtime/PushMessages',
      'Runtime/StartAutomation',
      'ServerAppIo/ClaimTask',
      'ServerAppIo/CreateTask',
      'ServerAppIo/PullPendingTasks',
      'ServerAppIo/PushMessages',
      'ServerAppIo/StartAutomation',
    ]);
  });

  it('is in between for what is in work, for people, and for what nobody has heard of', () => {
    const inWork = ['Fleet/PushMessages', 'Fleet/PullObject', 'Runtime/PullMessages'];
    const others = ['Control/StartRun', 'Control/ListRuns', 'Fleet/NoSuchMethod'];
    expect([...inWork, ...others].map(urgencyOfPath)).toEqual(Array(6).fill('usual'));
  });

  it.each([
    [['Fleet/PullMessages', 'Fleet/PushObject', 'Fleet/SendNodeHeartbeat']],
    [['Fleet/RegisterNode', 'Fleet/PullObject', 'Fleet/ConfirmMessageReceived']],
    [['Runtime/ClaimTask', 'Runtime/PushTaskOutput', 'Control/StopRun']],
  ])('has those that wait go in the right order (%#)', (asked) => {
    const served = asked.toSorted(
      (one, other) =>
        URGENCIES.indexOf(urgencyOfPath(one)) - URGENCIES.indexOf(urgencyOfPath(other)),
    );
    expect(served).toEqual(asked.toReversed());
  });

  it('is the same for a method of tasks by the name of either service', () => {
    const methods = Object.keys(ServerAppIoService).filter((name) => name in RuntimeService);
    expect(methods).toContain('confirmMessageReceived');
    for (const method of methods as SharedMethod[]) {
      const [older, newer] = taskRpc(method);
      expect(urgencyOf(older.path), method).toBe(urgencyOf(newer.path));
    }
  });
});
