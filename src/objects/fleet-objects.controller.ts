import { Controller } from '@nestjs/common';

import { FleetService } from '../generated/flwr/proto/fleet';
import type {
  ConfirmMessageReceivedRequest,
  ConfirmMessageReceivedResponse,
  PullObjectRequest,
  PullObjectResponse,
  PushObjectRequest,
  PushObjectResponse,
} from '../generated/flwr/proto/object';
import { InstructionsService } from '../messages/instructions.service';
import { ObjectAccessService } from '../object-store/object-access.service';
import { Rpc } from '../rpc/rpc.decorator';
import type { Receiver, Signer } from '../rpc/rpc-call';
import { AnswerReceiver, NodeSigner, RpcRequest } from '../rpc/rpc-parameters.decorator';
import { sessionIdOf } from './session-id';

/** Objects to and from SuperNodes. */
@Controller()
export class FleetObjectsController {
  constructor(
    private readonly objects: ObjectAccessService,
    private readonly instructions: InstructionsService,
  ) {}

  @Rpc(FleetService.pushObject, 'node')
  async pushObject(
    @RpcRequest() request: PushObjectRequest,
    @NodeSigner() signer: Signer,
  ): Promise<PushObjectResponse> {
    const { node, runId, objectId, objectContent: content } = request;
    const caller = { nodeId: node?.nodeId ?? 0n, signer, runId };
    const object = { objectId, content, sessionId: sessionIdOf(request) };
    return { stored: await this.objects.storeByNode(caller, object) };
  }

  @Rpc(FleetService.pullObject, 'node')
  async pullObject(
    @RpcRequest() { node, runId, objectId }: PullObjectRequest,
    @NodeSigner() signer: Signer,
    @AnswerReceiver() receiver: Receiver,
  ): Promise<PullObjectResponse> {
    const caller = { nodeId: node?.nodeId ?? 0n, signer, runId };
    return this.objects.pullForNode(caller, objectId, receiver);
  }

  @Rpc(FleetService.confirmMessageReceived, 'node')
  async confirmMessageReceived(
    @RpcRequest() { node, runId, messageObjectId }: ConfirmMessageReceivedRequest,
    @NodeSigner() signer: Signer,
  ): Promise<ConfirmMessageReceivedResponse> {
    const caller = { nodeId: node?.nodeId ?? 0n, signer };
    await this.instructions.confirm(caller, runId, messageObjectId);
    return {};
  }
}
