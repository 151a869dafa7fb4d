import { Controller } from '@nestjs/common';

import type {
  PullTaskMessageRequest,
  PullTaskMessageResponse,
  PushTaskEventsRequest,
  PushTaskEventsResponse,
  PushTaskMessageRequest,
  PushTaskMessageResponse,
  RecordTaskUsageRequest,
  RecordTaskUsageResponse,
} from '../generated/flwr/proto/app_task';
import type { PushLogsRequest, PushLogsResponse } from '../generated/flwr/proto/log';
import { Rpc } from '../rpc/rpc.decorator';
import type { RpcCall } from '../rpc/rpc-call';
import { CallOrigin, CurrentCall, RpcRequest, TokenHash } from '../rpc/rpc-parameters.decorator';
import { taskRpc } from '../rpc/task-rpc';
import { TaskRecordsService } from '../tasks/task-records.service';

/** What running tasks tell: logs, events, usage, and messages to each other. */
@Controller()
export class TaskRecordsController {
  constructor(private readonly records: TaskRecordsService) {}

  @Rpc(taskRpc('pushLogs'), 'task')
  async pushLogs(
    @RpcRequest() { logs }: PushLogsRequest,
    @TokenHash() tokenHash: Buffer,
    @CurrentCall() call: RpcCall,
  ): Promise<PushLogsResponse> {
    await this.records.appendLog(tokenHash, logs, call);
    return {};
  }

  @Rpc(taskRpc('pushTaskEvents'), 'task')
  async pushTaskEvents(
    @RpcRequest() { events }: PushTaskEventsRequest,
    @TokenHash() tokenHash: Buffer,
  ): Promise<PushTaskEventsResponse> {
    await this.records.appendEvents(tokenHash, events);
    return {};
  }

  @Rpc(taskRpc('recordTaskUsage'), 'task')
  async recordTaskUsage(
    @RpcRequest() { taskUsage }: RecordTaskUsageRequest,
    @TokenHash() tokenHash: Buffer,
  ): Promise<RecordTaskUsageResponse> {
    await this.records.recordUsage(tokenHash, taskUsage);
    return {};
  }

  @Rpc(taskRpc('pushTaskMessage'), 'task')
  async pushTaskMessage(
    @RpcRequest() { message }: PushTaskMessageRequest,
    @TokenHash() tokenHash: Buffer,
  ): Promise<PushTaskMessageResponse> {
    return { messageId: await this.records.pushMessage(tokenHash, message) };
  }

  @Rpc(taskRpc('pullTaskMessage'), 'task')
  async pullTaskMessage(
    @RpcRequest() request: PullTaskMessageRequest,
    @TokenHash() tokenHash: Buffer,
    @CallOrigin() origin: string,
  ): Promise<PullTaskMessageResponse> {
    return { messages: await this.records.pullMessages(tokenHash, request, origin) };
  }
}
