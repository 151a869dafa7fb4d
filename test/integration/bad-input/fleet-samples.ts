import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { TINY_FAB_HASH } from '../../support/fab';
import { NodeActor } from '../../support/node-actor';
import { request, sample, type Samples, SOUND_WHEN_FLIPPED } from './sample';

/** What of a message is between the apps: the server checks that it can be decoded and stores it. */
export const FREE_IN_MESSAGE = [
  'metadata.group_id',
  'metadata.message_type',
  'metadata.src_task_id',
  'metadata.dst_task_id',
  'content.*',
];

export const FLEET_SAMPLES: Samples<typeof FleetService> = {
  registerNode: sample(({ clients }) => {
    const actor = new NodeActor(clients);
    const { publicKey } = actor;
    return request(FleetService.registerNode, { publicKey }, actor.headers());
  }),
  activateNode: sample(
    ({ node }) => {
      const activation = { publicKey: node.publicKey, heartbeatInterval: 30 };
      return request(FleetService.activateNode, activation, node.headers());
    },
    [SOUND_WHEN_FLIPPED],
  ),
  sendNodeHeartbeat: sample(
    ({ node }) => {
      const heartbeat = { node: node.requests.node, heartbeatInterval: 30 };
      return request(FleetService.sendNodeHeartbeat, heartbeat, node.headers());
    },
    [SOUND_WHEN_FLIPPED],
  ),
  deactivateNode: sample(({ node }) =>
    request(FleetService.deactivateNode, { nodeId: node.nodeId }, node.headers()),
  ),
  unregisterNode: sample(({ node }) =>
    request(FleetService.unregisterNode, { nodeId: node.nodeId }, node.headers()),
  ),
  pullMessages: sample(({ node }) => {
    const pull = { node: node.requests.node, messageIds: ['any'] };
    return request(FleetService.pullMessages, pull, node.headers());
  }),
  pushMessages: sample(
    async (world) => {
      const reply = world.node.requests.push(await world.reply(), 0.5);
      return request(FleetService.pushMessages, reply, world.node.headers());
    },
    [
      ...FREE_IN_MESSAGE.map((field) => `messages_list.${field}`),
      // only the first of each list is read, as upstream does
      'messages_list=a long list of the same',
      'message_object_trees=a long list of the same',
      // which objects a message is made of, its sender knows
      'message_object_trees.children',
      'message_object_trees.children.children',
      'clientapp_runtime_list',
    ],
  ),
  getRun: sample(({ node, task: { runId } }) =>
    request(FleetService.getRun, { node: node.requests.node, runId }, node.headers()),
  ),
  getFab: sample(({ node, task: { runId } }) => {
    const fab = { node: node.requests.node, runId, hashStr: TINY_FAB_HASH };
    return request(FleetService.getFab, fab, node.headers());
  }),
  pushObject: sample(
    async (world) => {
      const { node, task } = world;
      const reply = await world.reply();
      const { objectsToPush, sessionId } = await node.push(reply);
      const objectId = objectsToPush[0]!;
      const objectContent = reply.objects.get(objectId)!;
      const object = {
        node: node.requests.node,
        runId: task.runId,
        objectId,
        objectContent,
        sessionId,
      };
      return request(FleetService.pushObject, object, node.headers());
    },
    ['session_id'], // clients to 1.32 name none: then any session of the run will do
  ),
  pullObject: sample(async (world) => {
    const { node, task } = world;
    const { id: objectId } = await world.instruct(); // still empty
    const object = { node: node.requests.node, runId: task.runId, objectId };
    return request(FleetService.pullObject, object, node.headers());
  }),
  confirmMessageReceived: sample(async (world) => {
    const { node, task } = world;
    const { id: messageObjectId } = await world.instruct();
    const confirmation = { node: node.requests.node, runId: task.runId, messageObjectId };
    return request(FleetService.confirmMessageReceived, confirmation, node.headers());
  }),
};
