import { Message } from '../../../src/generated/flwr/proto/message';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { TINY_FAB_HASH } from '../../support/fab';
import { makeInstruction, makeReply } from '../../support/objects';
import { startRun, TaskActor } from '../../support/task-actor';
import { automationOf, FREE_IN_AUTOMATION } from './control-samples';
import { FREE_IN_MESSAGE } from './fleet-samples';
import { EMPTY, request, type RpcSample, sample, type Samples } from './sample';

/** Nothing in the request, but a token with it. */
const TOKEN_ONLY: RpcSample = sample(({ task }) => ({
  bytes: Buffer.alloc(0),
  headers: task.headers,
}));
/** No clock is right enough to refuse times of the future by it: neither does upstream. */
const FAR_FUTURE = ['ttl', 'created_at'].map((field) => `metadata.${field}=${Number.MAX_VALUE}`);
const NODE_1 = { node: { nodeId: 1n } };
/** In the requests of tasks, whose run is that of their token. */
const UNREAD = ['node.*', 'run_id'];

export const SERVER_APP_IO_SAMPLES: Samples<typeof ServerAppIoService> = {
  claimTask: sample(async ({ clients, superExec }) => {
    const runId = await startRun(clients);
    const task = (await superExec.pending()).find((each) => each.runId === runId)!;
    return request(ServerAppIoService.claimTask, { taskId: task.taskId });
  }),
  confirmMessageReceived: sample(async (world) => {
    const { node, task } = world;
    const instruction = await world.instruct();
    const reply = makeReply(instruction.message);
    await node.send(reply);
    await task.pull(instruction.id);
    const confirmation = { ...NODE_1, runId: task.runId, messageObjectId: reply.id };
    return request(ServerAppIoService.confirmMessageReceived, confirmation, task.headers);
  }, UNREAD),
  createTask: sample(
    ({ task }) => {
      const wanted = { type: 'flwr-clientapp', fabHash: TINY_FAB_HASH };
      return request(ServerAppIoService.createTask, wanted, task.headers);
    },
    // references of other kinds of tasks, and the FAB need not be here yet
    ['fab_hash', 'model_ref', 'connector_ref', 'connector_id'],
  ),
  getConnector: TOKEN_ONLY,
  getFederationOptions: TOKEN_ONLY,
  getNodes: TOKEN_ONLY,
  getRun: sample(({ task: { runId } }) => request(ServerAppIoService.getRun, { ...NODE_1, runId })),
  pullMessages: sample(
    ({ task }) => request(ServerAppIoService.pullMessages, { messageIds: [] }, task.headers),
    ['message_ids'], // the answer to an unknown id is an error reply, which is stored until it is confirmed
  ),
  pullObject: sample(async (world) => {
    const { id: objectId } = await world.instruct(); // still empty
    const object = { ...NODE_1, runId: world.task.runId, objectId };
    return request(ServerAppIoService.pullObject, object, world.task.headers);
  }),
  pullPendingTasks: EMPTY,
  pullTaskInput: sample(async ({ clients, superExec }) => {
    const task = await superExec.launch(await startRun(clients));
    return { bytes: Buffer.alloc(0), headers: task.headers };
  }),
  pullTaskMessage: sample(({ task }) =>
    request(ServerAppIoService.pullTaskMessage, { limit: 1n, srcTaskId: 1n }, task.headers),
  ),
  pushLogs: sample(
    ({ task: { runId, headers } }) => {
      const logs = { ...NODE_1, runId, logs: ['a line\n'] };
      return request(ServerAppIoService.pushLogs, logs, headers);
    },
    [...UNREAD, 'logs'],
  ),
  pushMessages: sample(
    ({ task, node }) => {
      const { message, tree } = makeInstruction({ runId: task.runId, dstNodeId: node.nodeId });
      const push = { messagesList: [message], messageObjectTrees: [tree] };
      return request(ServerAppIoService.pushMessages, push, task.headers);
    },
    [
      ...[...FREE_IN_MESSAGE, ...FAR_FUTURE].map((field) => `messages_list.${field}`),
      'messages_list.metadata.dst_node_id', // any node of the federation, or the own one
      // which objects a message is made of, its sender knows
      'message_object_trees.children',
      'message_object_trees.children.children',
    ],
  ),
  pushObject: sample(
    async ({ task, node }) => {
      const instruction = makeInstruction({ runId: task.runId, dstNodeId: node.nodeId });
      const { objectsToPush, sessionId } = await task.push(instruction);
      const objectId = objectsToPush[0]!;
      const objectContent = instruction.objects.get(objectId)!;
      const object = { ...NODE_1, runId: task.runId, objectId, objectContent, sessionId };
      return request(ServerAppIoService.pushObject, object, task.headers);
    },
    ['run_id', 'session_id'],
  ),
  pushTaskEvents: sample(
    ({ task: { headers } }) => {
      const event = { id: 0n, timestamp: '', runId: 0n, taskId: 0n, event: 'e', data: '{}' };
      return request(ServerAppIoService.pushTaskEvents, { events: [event] }, headers);
    },
    // the server sets the first four itself
    [
      ...['id', 'timestamp', 'run_id', 'task_id', 'event'].map((field) => `events.${field}`),
      'events=a long list of the same',
    ],
  ),
  pushTaskMessage: sample(
    async (world) => {
      const { task } = world;
      const { message } = makeInstruction({ runId: task.runId, dstNodeId: 1n });
      const metadata = {
        ...message.metadata!,
        srcTaskId: task.taskId,
        dstTaskId: await world.siblingTask(),
      };
      const push = { message: Message.fromPartial({ ...message, metadata }) };
      return request(ServerAppIoService.pushTaskMessage, push, task.headers);
    },
    [
      ...['message_id', 'reply_to_message_id', 'group_id', 'message_type'].map(
        (field) => `metadata.${field}`,
      ),
      'content.*',
      ...FAR_FUTURE,
    ].map((field) => `message.${field}`),
  ),
  pushTaskOutput: sample(
    async (world) => {
      world.task = await TaskActor.running(world.clients, world.superExec);
      const output = { context: undefined, subStatus: 'completed', details: '' };
      return request(ServerAppIoService.pushTaskOutput, output, world.task.headers);
    },
    ['context.*', 'details', 'clientapp_runtime'],
  ),
  recordTaskUsage: sample(
    ({ task: { headers } }) => {
      const taskUsage = { usageType: 'chat', provider: 'none' };
      return request(ServerAppIoService.recordTaskUsage, { taskUsage }, headers);
    },
    ['task_usage.*'],
  ),
  sendTaskHeartbeat: TOKEN_ONLY,
  startAutomation: sample(
    ({ task: { headers }, finishedRun: { seriesId } }) =>
      request(ServerAppIoService.startAutomation, automationOf(seriesId), headers),
    FREE_IN_AUTOMATION,
  ),
};
