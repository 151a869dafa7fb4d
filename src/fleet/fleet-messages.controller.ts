import { Controller } from '@nestjs/common';

import type { GetFabRequest, GetFabResponse } from '../generated/flwr/proto/fab';
import type {
  PullMessagesRequest,
  PullMessagesResponse,
  PushMessagesRequest,
  PushMessagesResponse,
} from '../generated/flwr/proto/fleet';
import { FleetService } from '../generated/flwr/proto/fleet';
import type { GetRunRequest, GetRunResponse } from '../generated/flwr/proto/run';
import { InstructionsService } from '../messages/instructions.service';
import { RepliesService } from '../messages/replies.service';
import { Rpc } from '../rpc/rpc.decorator';
import type { Signer } from '../rpc/rpc-call';
import { NodeSigner, RequestBytes, RpcRequest, Waiting } from '../rpc/rpc-parameters.decorator';
import { RunAccessService } from '../runs/run-access.service';
import type { WaitingClient } from '../waiting/hold';

/** A SuperNode's work: messages, and the runs and FABs that they belong to. */
@Controller()
export class FleetMessagesController {
  constructor(
    private readonly instructions: InstructionsService,
    private readonly replies: RepliesService,
    private readonly runs: RunAccessService,
  ) {}

  @Rpc(FleetService.pullMessages, 'node')
  async pullMessages(
    @RpcRequest() { node }: PullMessagesRequest,
    @NodeSigner() signer: Signer,
    @RequestBytes() requestBytes: number,
    @Waiting() client: WaitingClient,
  ): Promise<PullMessagesResponse> {
    const caller = { nodeId: node?.nodeId ?? 0n, signer };
    return this.instructions.pull(caller, requestBytes, client);
  }

  @Rpc(FleetService.pushMessages, 'node')
  async pushMessages(
    @RpcRequest() request: PushMessagesRequest,
    @NodeSigner() signer: Signer,
    @RequestBytes() requestBytes: number,
  ): Promise<PushMessagesResponse> {
    const caller = { nodeId: request.node?.nodeId ?? 0n, signer };
    return this.replies.push(caller, request, requestBytes);
  }

  @Rpc(FleetService.getRun, 'node')
  async getRun(
    @RpcRequest() { node, runId }: GetRunRequest,
    @NodeSigner() signer: Signer,
  ): Promise<GetRunResponse> {
    return { run: await this.runs.runForNode(node?.nodeId ?? 0n, signer, runId) };
  }

  @Rpc(FleetService.getFab, 'node')
  async getFab(
    @RpcRequest() { node, runId, hashStr }: GetFabRequest,
    @NodeSigner() signer: Signer,
  ): Promise<GetFabResponse> {
    return { fab: await this.runs.fabForNode(node?.nodeId ?? 0n, signer, runId, hashStr) };
  }
}
