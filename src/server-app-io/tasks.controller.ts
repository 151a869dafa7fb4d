import { Controller } from '@nestjs/common';

import type {
  AcquireTaskRequest,
  AcquireTaskResponse,
  ClaimTaskRequest,
  ClaimTaskResponse,
  CreateTaskRequest,
  CreateTaskResponse,
  PullPendingTasksResponse,
  PullTaskInputResponse,
  PushTaskOutputRequest,
  PushTaskOutputResponse,
  SendTaskHeartbeatResponse,
} from '../generated/flwr/proto/app_task';
import type { GetRunRequest, GetRunResponse } from '../generated/flwr/proto/run';
import { RuntimeService } from '../generated/flwr/proto/runtime';
import { Rpc } from '../rpc/rpc.decorator';
import { Release, RpcRequest, TokenHash, Waiting } from '../rpc/rpc-parameters.decorator';
import { taskRpc } from '../rpc/task-rpc';
import { RunAccessService } from '../runs/run-access.service';
import { RunsService } from '../runs/runs.service';
import { TaskRecordsService } from '../tasks/task-records.service';
import { TasksService } from '../tasks/tasks.service';
import type { WaitingClient } from '../waiting/hold';

/** SuperExecs claim tasks; the processes that they start run them. */
@Controller()
export class TasksController {
  constructor(
    private readonly tasks: TasksService,
    private readonly records: TaskRecordsService,
    private readonly runs: RunsService,
    private readonly runAccess: RunAccessService,
  ) {}

  @Rpc(taskRpc('pullPendingTasks'), 'superexec')
  async pullPendingTasks(@Waiting() client: WaitingClient): Promise<PullPendingTasksResponse> {
    return { tasks: await this.tasks.pullPending(client) };
  }

  @Rpc(taskRpc('claimTask'), 'superexec')
  async claimTask(
    @RpcRequest() { taskId }: ClaimTaskRequest,
    @Release() release?: string,
  ): Promise<ClaimTaskResponse> {
    return { token: await this.tasks.claim(taskId, release) };
  }

  @Rpc(RuntimeService.acquireTask, 'superexec')
  async acquireTask(
    @RpcRequest() request: AcquireTaskRequest,
    @Waiting() client: WaitingClient,
    @Release() release?: string,
  ): Promise<AcquireTaskResponse> {
    return this.tasks.acquire(request, client, release);
  }

  /** Any run by its id, to whoever asks; empty if there is none: upstream's SuperExecs rely on both. */
  @Rpc(taskRpc('getRun'), 'superexec')
  async getRun(@RpcRequest() { runId }: GetRunRequest): Promise<GetRunResponse> {
    return { run: await this.runs.find(runId) };
  }

  @Rpc(taskRpc('sendTaskHeartbeat'), 'task')
  async sendTaskHeartbeat(@TokenHash() tokenHash: Buffer): Promise<SendTaskHeartbeatResponse> {
    await this.tasks.heartbeat(tokenHash);
    return { success: true };
  }

  @Rpc(taskRpc('pullTaskInput'), 'task')
  async pullTaskInput(
    @TokenHash() tokenHash: Buffer,
    @Release() release?: string,
  ): Promise<PullTaskInputResponse> {
    const { taskId, runId } = await this.tasks.start(tokenHash, release);
    return this.runAccess.inputOf(taskId, runId);
  }

  @Rpc(taskRpc('pushTaskOutput'), 'task')
  async pushTaskOutput(
    @RpcRequest() request: PushTaskOutputRequest,
    @TokenHash() tokenHash: Buffer,
  ): Promise<PushTaskOutputResponse> {
    await this.tasks.finish(tokenHash, request);
    return {};
  }

  @Rpc(taskRpc('createTask'), 'task')
  async createTask(
    @RpcRequest() request: CreateTaskRequest,
    @TokenHash() tokenHash: Buffer,
  ): Promise<CreateTaskResponse> {
    return { taskId: await this.records.create(tokenHash, request) };
  }
}
