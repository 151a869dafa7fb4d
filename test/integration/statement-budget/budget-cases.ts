import { randomBytes } from 'node:crypto';

import { ControlService } from '../../../src/generated/flwr/proto/control';
import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { NodeActor } from '../../support/node-actor';
import { makeInstruction, makeObject, makeReply, objectIdOf } from '../../support/objects';
import { TaskActor } from '../../support/task-actor';
import { isOnThisWire } from '../../support/wire';
import { CONTROL_SAMPLES } from '../bad-input/control-samples';
import { FLEET_SAMPLES } from '../bad-input/fleet-samples';
import type { RpcShape } from '../bad-input/raw-call';
import { RUNTIME_ONLY, RUNTIME_SAMPLES } from '../bad-input/runtime-samples';
import { request, type RpcSample, type Sample, type Samples } from '../bad-input/sample';
import { SERVER_APP_IO_SAMPLES } from '../bad-input/server-app-io-samples';
import type { World } from '../bad-input/world';

/** One call whose statements are counted. */
export interface BudgetCase {
  /** `Service.Method`, and in which state if that makes a difference. */
  readonly label: string;
  readonly rpc: RpcShape;
  readonly make: RpcSample['make'];
}

type Service = Readonly<Record<string, RpcShape>>;

const SERVERAPP = { nodeId: 1n };
const MANY = 100;
/** Contents above 64 KiB are read by COPY. */
const LARGE_BYTES = 200_000;

/** `Fleet.PullMessages` of the path `/flwr.proto.Fleet/PullMessages`. */
export function labelOf({ path }: RpcShape): string {
  return path.replace('/flwr.proto.', '').replace('/', '.');
}

const variant = (rpc: RpcShape, state: string, make: RpcSample['make']): BudgetCase => ({
  label: `${labelOf(rpc)}, ${state}`,
  rpc,
  make,
});

function withNewNode(act: (node: NodeActor) => Sample): RpcSample['make'] {
  return async ({ clients }) => act(await NodeActor.online(clients));
}

function pullOf(node: NodeActor): Sample {
  const pull = { node: node.requests.node, messageIds: [] };
  return request(FleetService.pullMessages, pull, node.headers());
}

/** Pushes an object of so many bytes to a new node; its pull. */
function pullObject(bytes: number, before?: (node: NodeActor, id: string) => Promise<unknown>) {
  return async ({ task, clients }: World): Promise<Sample> => {
    const node = await NodeActor.online(clients);
    const { runId } = task;
    const payload = randomBytes(bytes);
    await task.send(makeInstruction({ runId, dstNodeId: node.nodeId, payload }));
    const objectId = objectIdOf(makeObject('ArrayChunk', [], payload));
    await before?.(node, objectId);
    const object = { node: node.requests.node, runId, objectId };
    return request(FleetService.pullObject, object, node.headers());
  };
}

function pushMany(count: number): RpcSample['make'] {
  return ({ task, node }) => {
    const facts = { runId: task.runId, dstNodeId: node.nodeId };
    const messages = Array.from({ length: count }, () => makeInstruction(facts));
    const push = {
      messagesList: messages.map(({ message }) => message),
      messageObjectTrees: messages.map(({ tree }) => tree),
    };
    return request(ServerAppIoService.pushMessages, push, task.headers);
  };
}

const VARIANTS: readonly BudgetCase[] = [
  variant(ControlService.showFederation, 'the default one', () =>
    request(ControlService.showFederation, { federationName: '@none/default' }),
  ),
  variant(FleetService.pullMessages, 'held and empty', withNewNode(pullOf)),
  variant(FleetService.pullMessages, 'a message', async ({ clients, task }) => {
    const node = await NodeActor.online(clients);
    await task.send(makeInstruction({ runId: task.runId, dstNodeId: node.nodeId }));
    return pullOf(node);
  }),
  variant(FleetService.deactivateNode, 'online', withNewNode(deactivation)),
  variant(FleetService.unregisterNode, 'online', withNewNode(unregistration)),
  variant(FleetService.pullObject, 'small', pullObject(1)),
  variant(FleetService.pullObject, 'large', pullObject(LARGE_BYTES)),
  variant(
    FleetService.pullObject,
    'large and cached',
    pullObject(LARGE_BYTES, async (node, id) => {
      const [pulled] = (await node.pull()).messagesList;
      await node.pullObject(pulled!.metadata!.runId, id);
    }),
  ),
  variant(ServerAppIoService.pushMessages, `${MANY} messages`, pushMany(MANY)),
  variant(ServerAppIoService.pullMessages, 'a reply', async (world) => {
    const { message, id } = await world.instruct();
    await world.node.send(makeReply(message));
    return request(ServerAppIoService.pullMessages, { messageIds: [id] }, world.task.headers);
  }),
  variant(ServerAppIoService.pullMessages, 'a made-up error', ({ task }) => {
    const unknown = objectIdOf(randomBytes(8));
    return request(ServerAppIoService.pullMessages, { messageIds: [unknown] }, task.headers);
  }),
  variant(ServerAppIoService.pullObject, 'small', async ({ task, node }) => {
    const instruction = makeInstruction({ runId: task.runId, dstNodeId: node.nodeId });
    await task.send(instruction);
    const object = { node: SERVERAPP, runId: task.runId, objectId: instruction.id };
    return request(ServerAppIoService.pullObject, object, task.headers);
  }),
];

function deactivation(node: NodeActor): Sample {
  return request(FleetService.deactivateNode, { nodeId: node.nodeId }, node.headers());
}

function unregistration(node: NodeActor): Sample {
  return request(FleetService.unregisterNode, { nodeId: node.nodeId }, node.headers());
}

/** These would end the node that the other cases use; variants stand for them. */
const NODE_ENDS = new Set<RpcShape>([FleetService.deactivateNode, FleetService.unregisterNode]);

function casesOf<Of extends Service>(service: Of, samples: Samples<Of>): BudgetCase[] {
  return Object.entries(service)
    .filter(([, rpc]) => !NODE_ENDS.has(rpc))
    .map(([name, rpc]) => ({ label: labelOf(rpc), rpc, make: samples[name as keyof Of].make }));
}

/** Every method of the three services, some in several states. */
export const BUDGET_CASES: readonly BudgetCase[] = [
  ...casesOf(FleetService, FLEET_SAMPLES),
  ...casesOf(ServerAppIoService, SERVER_APP_IO_SAMPLES),
  ...casesOf(RUNTIME_ONLY, RUNTIME_SAMPLES),
  ...casesOf(ControlService, CONTROL_SAMPLES),
  ...VARIANTS,
]
  .filter(({ rpc }) => isOnThisWire(rpc))
  .sort((one, other) => one.label.localeCompare(other.label));

/** Puts a running app where a case has ended it. */
export async function renewTask(world: World, { rpc }: BudgetCase): Promise<void> {
  if (rpc !== ServerAppIoService.pushTaskOutput) return;
  world.task = await TaskActor.running(world.clients, world.superExec);
}
