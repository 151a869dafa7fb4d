import { Controller } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import {
  GetNodesResponse,
  type PullAppMessagesRequest,
  type PullAppMessagesResponse,
  type PushAppMessagesRequest,
  type PushAppMessagesResponse,
} from '../generated/flwr/proto/app_message';
import { InstructionsService } from '../messages/instructions.service';
import { RepliesService } from '../messages/replies.service';
import { NodesService } from '../nodes/nodes.service';
import { Rpc } from '../rpc/rpc.decorator';
import { RpcRequest, TokenHash, Waiting } from '../rpc/rpc-parameters.decorator';
import { taskRpc } from '../rpc/task-rpc';
import { TaskRecordsService } from '../tasks/task-records.service';
import type { WaitingClient } from '../waiting/hold';

/** A ServerApp's work: its nodes, and messages to and from them. */
@Controller()
export class MessagesController {
  constructor(
    private readonly instructions: InstructionsService,
    private readonly replies: RepliesService,
    private readonly nodes: NodesService,
    private readonly records: TaskRecordsService,
  ) {}

  @Rpc(taskRpc('getNodes'), 'task')
  async getNodes(@TokenHash() tokenHash: Buffer): Promise<GetNodesResponse> {
    const caller = await this.records.caller(tokenHash);
    if (!caller.allowed) throw new SuperLinkError('ENDPOINT_REFUSED');
    const online = await this.nodes.listOnline();
    // to 1.37 the elements are plain Nodes, of which this is the only field
    return GetNodesResponse.fromPartial({ nodes: online.map(({ nodeId }) => ({ nodeId })) });
  }

  @Rpc(taskRpc('pushMessages'), 'task')
  async pushMessages(
    @RpcRequest() request: PushAppMessagesRequest,
    @TokenHash() tokenHash: Buffer,
  ): Promise<PushAppMessagesResponse> {
    return this.instructions.push(tokenHash, request);
  }

  @Rpc(taskRpc('pullMessages'), 'task')
  async pullMessages(
    @RpcRequest() { messageIds }: PullAppMessagesRequest,
    @TokenHash() tokenHash: Buffer,
    @Waiting() client: WaitingClient,
  ): Promise<PullAppMessagesResponse> {
    return this.replies.pull(tokenHash, messageIds, client);
  }
}
