import type {
  CreateTaskRequest,
  PushTaskOutputRequest,
} from '../../../src/generated/flwr/proto/app_task';
import { CreateTaskRequest as CreateTask } from '../../../src/generated/flwr/proto/app_task';
import { StartAutomationRequest } from '../../../src/generated/flwr/proto/control_automation';
import { Message, type Metadata } from '../../../src/generated/flwr/proto/message';
import type { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import type { SharedMethod } from '../../../src/rpc/task-rpc';
import type { UnaryMethod } from '../../support/rpc-clients';
import type { CallParts, Method, Script } from '../core/script';
import type { Side } from '../core/side';
import { type PlannedMessage, type PlannedTask, SUPERLINK_NODE } from './cast';

type Shape<Of> =
  Of extends UnaryMethod<infer Request, infer Response> ? Method<Request, Response> : never;

/** The methods that ServerAppIo and Runtime share. */
export type TaskApi = { readonly [Name in SharedMethod]: Shape<(typeof ServerAppIoService)[Name]> };

/** Calls of SuperExecs and of the processes of tasks, put into the plan. */
export class TaskCalls {
  constructor(
    private readonly script: Script,
    readonly api: TaskApi,
  ) {}

  /** Any method, with the task's token. */
  call<Request, Response>(
    method: Method<Request, Response>,
    task: PlannedTask,
    situation: string,
    parts: CallParts<Request, Response>,
  ): void {
    this.script.call(method, situation, { as: task.withToken, ...parts });
  }

  input(task: PlannedTask, situation = 'as usual'): void {
    this.call(this.api.pullTaskInput, task, situation, { ask: () => ({}) });
  }

  heartbeat(task: PlannedTask, situation = 'as usual'): void {
    this.call(this.api.sendTaskHeartbeat, task, situation, { ask: () => ({}) });
  }

  output(
    task: PlannedTask,
    situation = 'as usual',
    output: Partial<PushTaskOutputRequest> = {},
  ): void {
    this.call(this.api.pushTaskOutput, task, situation, {
      ask: () => ({ context: undefined, subStatus: 'completed', details: '', ...output }),
    });
  }

  nodes(task: PlannedTask, situation = 'as usual'): void {
    this.call(this.api.getNodes, task, situation, { ask: () => ({}) });
  }

  push(task: PlannedTask, messages: readonly PlannedMessage[], situation = 'as usual'): void {
    this.call(this.api.pushMessages, task, situation, {
      ask: (side) => ({
        messagesList: messages.map((each) => each.on(side).message),
        messageObjectTrees: messages.map((each) => each.on(side).tree),
      }),
      take: (side, { sessionId }) => {
        for (const { name } of messages) side.learn('session', name, sessionId);
      },
    });
  }

  pushObject(
    task: PlannedTask,
    message: PlannedMessage,
    place: number,
    situation = 'as usual',
    changes: (side: Side) => {
      objectContent?: Buffer;
      sessionId?: string;
      node?: { nodeId: bigint };
    } = () => ({}),
  ): void {
    this.call(this.api.pushObject, task, situation, {
      ask: (side) => ({
        node: SUPERLINK_NODE,
        runId: task.runId(side),
        sessionId: side.text('session', message.name),
        ...message.objectAt(side, place),
        ...changes(side),
      }),
    });
  }

  /** `made`: the name for a reply that the SuperLink made up in answer. */
  pull(
    task: PlannedTask,
    idsOf: (side: Side) => string[],
    situation = 'as usual',
    parts: { readonly made?: string; readonly pauseMilliseconds?: number } = {},
  ): void {
    const { made, ...rest } = parts;
    this.call(this.api.pullMessages, task, situation, {
      ask: (side) => ({ messageIds: idsOf(side) }),
      take: (side, { messagesList }) => {
        if (made !== undefined) {
          side.learn('object', made, messagesList[0]?.metadata?.messageId);
        }
      },
      ...rest,
    });
  }

  pullObject(
    task: PlannedTask,
    idOf: (side: Side) => string,
    situation = 'as usual',
    nodeId = 1n,
  ): void {
    this.call(this.api.pullObject, task, situation, {
      ask: (side) => ({ node: { nodeId }, runId: task.runId(side), objectId: idOf(side) }),
    });
  }

  confirm(
    task: PlannedTask,
    idOf: (side: Side) => string,
    situation = 'as usual',
    nodeId = 1n,
  ): void {
    this.call(this.api.confirmMessageReceived, task, situation, {
      ask: (side) => ({ node: { nodeId }, runId: task.runId(side), messageObjectId: idOf(side) }),
    });
  }

  logs(task: PlannedTask, lines: readonly string[], situation = 'as usual'): void {
    this.call(this.api.pushLogs, task, situation, {
      ask: (side) => ({ node: SUPERLINK_NODE, runId: task.runId(side), logs: [...lines] }),
    });
  }

  events(task: PlannedTask, data: readonly string[], situation = 'as usual'): void {
    this.call(this.api.pushTaskEvents, task, situation, {
      ask: () => ({
        events: data.map((each, index) => ({
          id: 0n,
          timestamp: '',
          runId: 0n,
          taskId: 0n,
          event: `event ${index}`,
          data: each,
        })),
      }),
    });
  }

  usage(task: PlannedTask, situation = 'as usual'): void {
    this.call(this.api.recordTaskUsage, task, situation, {
      ask: () => ({
        taskUsage: {
          usageType: 'chat',
          provider: 'none',
          inputTokens: 1n,
          outputTokens: 2n,
          totalTokens: undefined,
        },
      }),
    });
  }

  createTask(
    task: PlannedTask,
    child: PlannedTask,
    wanted: Partial<CreateTaskRequest>,
    situation = 'as usual',
  ): void {
    this.call(this.api.createTask, task, situation, {
      ask: () => CreateTask.fromPartial(wanted),
      take: (side, { taskId }) => side.learn('task', child.name, taskId),
    });
  }

  /** A message from a task to another one. */
  tell(
    task: PlannedTask,
    receiver: PlannedTask,
    name: string,
    situation = 'as usual',
    changes: (side: Side) => Partial<Metadata> = () => ({}),
  ): void {
    this.call(this.api.pushTaskMessage, task, situation, {
      ask: (side) => ({ message: this.messageBetween(side, task, receiver, name, changes(side)) }),
    });
  }

  private messageBetween(
    side: Side,
    task: PlannedTask,
    receiver: PlannedTask,
    name: string,
    changes: Partial<Metadata>,
  ): Message {
    const metadata = {
      runId: task.runId(side),
      messageId: `task message ${name}`,
      srcNodeId: 1n,
      dstNodeId: 1n,
      srcTaskId: task.id(side),
      dstTaskId: receiver.id(side),
      messageType: 'query',
      createdAt: Date.now() / 1000,
      ttl: 600,
      ...changes,
    };
    side.learn('object', `task message ${name}`, metadata.messageId);
    return Message.fromPartial({ metadata, content: {} });
  }

  hear(task: PlannedTask, situation = 'as usual', limit?: bigint, connection = 0): void {
    this.call(this.api.pullTaskMessage, task, situation, {
      ask: () => ({ limit, srcTaskId: undefined }),
      connection,
    });
  }

  connector(task: PlannedTask, situation = 'as usual'): void {
    this.call(this.api.getConnector, task, situation, { ask: () => ({}) });
  }

  automate(
    task: PlannedTask,
    name: string,
    situation: string,
    requestOn: (side: Side) => Parameters<typeof StartAutomationRequest.fromPartial>[0],
  ): void {
    this.call(this.api.startAutomation, task, situation, {
      ask: (side) => StartAutomationRequest.fromPartial(requestOn(side)),
      take: (side, { automationId }) => side.learn('automation', name, automationId),
    });
  }

  /** Messages with all of their objects, as a ServerApp sends them. */
  send(task: PlannedTask, messages: readonly PlannedMessage[], count: number): void {
    this.push(task, messages);
    for (const message of messages) {
      for (let place = 0; place < count; place += 1) this.pushObject(task, message, place);
    }
  }

  /** A reply with all of its objects, as a ServerApp takes it. */
  receive(
    task: PlannedTask,
    instruction: PlannedMessage,
    reply: PlannedMessage,
    count: number,
  ): void {
    this.pull(task, (side) => [instruction.id(side)]);
    for (let place = 0; place < count; place += 1) {
      this.pullObject(task, (side) => reply.objectAt(side, place).objectId);
    }
    this.confirm(task, (side) => reply.id(side));
  }
}
