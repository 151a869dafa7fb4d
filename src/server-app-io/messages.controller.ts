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
import { isReleaseBefore } from '../rpc/client-release';
import { Rpc } from '../rpc/rpc.decorator';
import { Release, RpcRequest, TokenHash, Waiting } from '../rpc/rpc-parameters.decorator';
import { taskRpc } from '../rpc/task-rpc';
import { TaskRecordsService } from '../tasks/task-records.service';
import type { WaitingClient } from '../waiting/hold';

/** Apps of older releases take whatever they pull for replies. */
const INBOX_SINCE_MINOR = 38;

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
    // clients to 1.37 take the elements for plain Nodes, which begin with the same field
    return GetNodesResponse.fromPartial({ nodes: await this.nodes.listOnline() });
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
    @Release() release: string | undefined,
    @Waiting() client: WaitingClient,
  ): Promise<PullAppMessagesResponse> {
    const isInboxWanted = !isReleaseBefore(INBOX_SINCE_MINOR, release);
    return this.replies.pull(tokenHash, { messageIds, isInboxWanted }, client);
  }
}
