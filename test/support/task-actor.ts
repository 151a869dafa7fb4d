import { createHash, createHmac, randomBytes } from 'node:crypto';

import type {
  PullAppMessagesResponse,
  PushAppMessagesResponse,
} from '../../src/generated/flwr/proto/app_message';
import type {
  PullTaskInputResponse,
  PushTaskOutputRequest,
} from '../../src/generated/flwr/proto/app_task';
import { ControlService } from '../../src/generated/flwr/proto/control';
import { StartRunRequest } from '../../src/generated/flwr/proto/control_run';
import { Message } from '../../src/generated/flwr/proto/message';
import type { PullObjectResponse } from '../../src/generated/flwr/proto/object';
import { ServerAppIoService } from '../../src/generated/flwr/proto/serverappio';
import type { Task } from '../../src/generated/flwr/proto/task';
import { TINY_FAB } from './fab';
import { type DeflatedMessage, idsOf } from './objects';
import type { Headers, RpcClients, UnaryMethod } from './rpc-clients';

/** `flwr run`: starts a run of the tiny app; resolves with its id. */
export async function startRun(clients: RpcClients): Promise<bigint> {
  const request = StartRunRequest.fromPartial({ fab: { content: TINY_FAB } });
  return (await clients.call(ControlService.startRun, request)).runId!;
}

/** A SuperExec, which signs if it has a secret. */
export class SuperExecActor {
  constructor(
    readonly clients: RpcClients,
    private readonly secret?: Buffer,
  ) {}

  /** Headers over `request`, with a nonce of their own; none without a secret. */
  headers<Request>(method: UnaryMethod<Request, unknown>, request: Request): Headers {
    if (this.secret === undefined) return {};
    const key = createHmac('sha256', this.secret).update('superexec-auth-v1').digest();
    const body = createHash('sha256').update(method.requestSerialize(request)).digest('hex');
    const timestamp = Math.floor(Date.now() / 1000);
    const nonce = randomBytes(16).toString('hex');
    const name = this.clients.signedNameOf(method);
    const text = `method=${name}\nts=${timestamp}\nnonce=${nonce}\nbody_sha256=${body}`;
    return {
      'flwr-superexec-ts': String(timestamp),
      'flwr-superexec-nonce': nonce,
      'flwr-superexec-body-sha256': body,
      'flwr-superexec-signature': createHmac('sha256', key).update(text).digest('hex'),
    };
  }

  async call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return this.clients.call(method, request, this.headers(method, request));
  }

  async pending(): Promise<Task[]> {
    return (await this.call(ServerAppIoService.pullPendingTasks, {})).tasks;
  }

  /** The task's token; undefined if another one has it. */
  async claim(taskId: bigint): Promise<string | undefined> {
    return (await this.call(ServerAppIoService.claimTask, { taskId })).token;
  }

  /** Claims the waiting task of a run for a process to play. */
  async launch(runId: bigint): Promise<TaskActor> {
    const task = (await this.pending()).find((each) => each.runId === runId);
    if (task === undefined) throw new Error(`run ${runId} has no pending task`);
    const token = await this.claim(task.taskId);
    if (token === undefined) throw new Error(`task ${task.taskId} was claimed already`);
    return new TaskActor(this.clients, { runId, taskId: task.taskId, token });
  }
}

/** The process of a task: a ServerApp, mostly. */
export class TaskActor {
  readonly runId: bigint;
  readonly taskId: bigint;
  readonly token: string;

  constructor(
    readonly clients: RpcClients,
    task: { readonly runId: bigint; readonly taskId: bigint; readonly token: string },
  ) {
    ({ runId: this.runId, taskId: this.taskId, token: this.token } = task);
  }

  /** A run whose ServerApp has its input: messages may flow. */
  static async running(
    clients: RpcClients,
    superExec = new SuperExecActor(clients),
  ): Promise<TaskActor> {
    const task = await superExec.launch(await startRun(clients));
    await task.input();
    return task;
  }

  /** The same process, calling through other replicas. */
  through(clients: RpcClients): TaskActor {
    return new TaskActor(clients, this);
  }

  get headers(): Headers {
    return { 'flwr-task-token': this.token };
  }

  /** Any call of ServerAppIo with the task's token. */
  call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    clients = this.clients,
  ): Promise<Response> {
    return clients.call(method, request, this.headers);
  }

  async input(): Promise<PullTaskInputResponse> {
    return this.call(ServerAppIoService.pullTaskInput, {});
  }

  async heartbeat(): Promise<boolean> {
    return (await this.call(ServerAppIoService.sendTaskHeartbeat, {})).success;
  }

  async nodes(): Promise<bigint[]> {
    const { nodes } = await this.call(ServerAppIoService.getNodes, {});
    return nodes.map(({ nodeId }) => nodeId);
  }

  async push(...messages: readonly DeflatedMessage[]): Promise<PushAppMessagesResponse> {
    return this.call(ServerAppIoService.pushMessages, {
      messagesList: messages.map(({ message }) => message),
      messageObjectTrees: messages.map(({ tree }) => tree),
    });
  }

  async pushObject(objectId: string, content: Buffer, sessionId: string): Promise<boolean> {
    const object = { runId: this.runId, objectId, objectContent: content, sessionId };
    const request = { node: { nodeId: 1n }, ...object };
    return (await this.call(ServerAppIoService.pushObject, request)).stored;
  }

  /** Pushes messages with all the objects that are asked for; resolves with the ids as answered. */
  async send(...messages: readonly DeflatedMessage[]): Promise<string[]> {
    const { messageIds, objectsToPush, sessionId } = await this.push(...messages);
    const objects = new Map(messages.flatMap((each) => [...each.objects]));
    for (const id of objectsToPush) await this.pushObject(id, objects.get(id)!, sessionId);
    return messageIds;
  }

  async pull(...messageIds: readonly string[]): Promise<PullAppMessagesResponse> {
    return this.call(ServerAppIoService.pullMessages, { messageIds: [...messageIds] });
  }

  async pullObject(objectId: string): Promise<PullObjectResponse> {
    const request = { node: { nodeId: 1n }, runId: this.runId, objectId };
    return this.call(ServerAppIoService.pullObject, request);
  }

  async confirm(messageObjectId: string): Promise<void> {
    const request = { node: { nodeId: 1n }, runId: this.runId, messageObjectId };
    await this.call(ServerAppIoService.confirmMessageReceived, request);
  }

  /** Pulls, takes all objects and confirms, as a ServerApp does with each reply. */
  async receive(...messageIds: readonly string[]): Promise<PullAppMessagesResponse> {
    const pulled = await this.pull(...messageIds);
    for (const id of pulled.messageObjectTrees.flatMap(idsOf)) await this.pullObject(id);
    for (const { objectId } of pulled.messageObjectTrees) await this.confirm(objectId);
    return pulled;
  }

  async logs(...lines: readonly string[]): Promise<void> {
    const request = { node: { nodeId: 1n }, runId: this.runId, logs: [...lines] };
    await this.call(ServerAppIoService.pushLogs, request);
  }

  /** Creates a model task in the same run and claims it. */
  async createModel(): Promise<TaskActor> {
    const absent = { fabHash: undefined, connectorRef: undefined, connectorId: undefined };
    const request = { type: 'flwr-model', modelRef: 'any/model', ...absent };
    const { taskId } = await this.call(ServerAppIoService.createTask, request);
    const token = await new SuperExecActor(this.clients).claim(taskId!);
    return new TaskActor(this.clients, { runId: this.runId, taskId: taskId!, token: token! });
  }

  /** A message to another task of the run. */
  messageTo(receiver: TaskActor): Message {
    const metadata = {
      runId: this.runId,
      messageId: `task-message-${randomBytes(8).toString('hex')}`,
      srcNodeId: 1n,
      dstNodeId: 1n,
      srcTaskId: this.taskId,
      dstTaskId: receiver.taskId,
      messageType: 'query',
      createdAt: Date.now() / 1000,
      ttl: 600,
    };
    return Message.fromPartial({ metadata, content: {} });
  }

  async pullTaskMessages(): Promise<Message[]> {
    const request = { limit: undefined, srcTaskId: undefined };
    return (await this.call(ServerAppIoService.pullTaskMessage, request)).messages;
  }

  /** The end of the task. */
  async output(output: Partial<PushTaskOutputRequest> = {}): Promise<void> {
    const request = { context: undefined, subStatus: 'completed', details: '', ...output };
    await this.call(ServerAppIoService.pushTaskOutput, request);
  }
}
