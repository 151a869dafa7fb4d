import { Controller } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import type { Node } from '../generated/flwr/proto/node';
import type {
  ConfirmMessageReceivedRequest,
  ConfirmMessageReceivedResponse,
  PullObjectRequest,
  PullObjectResponse,
  PushObjectRequest,
  PushObjectResponse,
} from '../generated/flwr/proto/object';
import { RepliesService } from '../messages/replies.service';
import { ObjectAccessService } from '../object-store/object-access.service';
import { Rpc } from '../rpc/rpc.decorator';
import type { Receiver } from '../rpc/rpc-call';
import { AnswerReceiver, RpcRequest, TokenHash } from '../rpc/rpc-parameters.decorator';
import { taskRpc } from '../rpc/task-rpc';
import { TaskRecordsService } from '../tasks/task-records.service';
import { SUPERLINK_NODE_ID } from '../wire/ids';
import { sessionIdOf } from './session-id';

/** Objects to and from task processes, whose run comes from their token alone. */
@Controller()
export class TaskObjectsController {
  constructor(
    private readonly objects: ObjectAccessService,
    private readonly replies: RepliesService,
    private readonly records: TaskRecordsService,
  ) {}

  @Rpc(taskRpc('pushObject'), 'task')
  async pushObject(
    @RpcRequest() request: PushObjectRequest,
    @TokenHash() tokenHash: Buffer,
  ): Promise<PushObjectResponse> {
    await this.checkNode(request.node, tokenHash);
    const { objectId, objectContent: content } = request;
    const object = { objectId, content, sessionId: sessionIdOf(request) };
    return { stored: await this.objects.storeByTask(tokenHash, object) };
  }

  @Rpc(taskRpc('pullObject'), 'task')
  async pullObject(
    @RpcRequest() { node, objectId }: PullObjectRequest,
    @TokenHash() tokenHash: Buffer,
    @AnswerReceiver() receiver: Receiver,
  ): Promise<PullObjectResponse> {
    await this.checkNode(node, tokenHash);
    return this.objects.pullForTask(tokenHash, objectId, receiver);
  }

  @Rpc(taskRpc('confirmMessageReceived'), 'task')
  async confirmMessageReceived(
    @RpcRequest() { messageObjectId }: ConfirmMessageReceivedRequest,
    @TokenHash() tokenHash: Buffer,
  ): Promise<ConfirmMessageReceivedResponse> {
    await this.replies.confirm(tokenHash, messageObjectId);
    return {};
  }

  /** A wrong node is told only to those whose token is alive. */
  private async checkNode(node: Node | undefined, tokenHash: Buffer): Promise<void> {
    if (node?.nodeId === SUPERLINK_NODE_ID) return;
    await this.records.caller(tokenHash);
    throw new SuperLinkError('UNEXPECTED_NODE_ID');
  }
}
