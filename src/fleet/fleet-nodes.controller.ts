import { Controller } from '@nestjs/common';

import type {
  ActivateNodeRequest,
  ActivateNodeResponse,
  DeactivateNodeRequest,
  DeactivateNodeResponse,
  RegisterNodeFleetRequest,
  RegisterNodeFleetResponse,
  UnregisterNodeFleetRequest,
  UnregisterNodeFleetResponse,
} from '../generated/flwr/proto/fleet';
import { FleetService } from '../generated/flwr/proto/fleet';
import type {
  SendNodeHeartbeatRequest,
  SendNodeHeartbeatResponse,
} from '../generated/flwr/proto/heartbeat';
import { NodesService } from '../nodes/nodes.service';
import { Rpc } from '../rpc/rpc.decorator';
import type { Signer } from '../rpc/rpc-call';
import { NodeSigner, Release, RpcRequest } from '../rpc/rpc-parameters.decorator';

/** A SuperNode comes, lives and goes. */
@Controller()
export class FleetNodesController {
  constructor(private readonly nodes: NodesService) {}

  @Rpc(FleetService.registerNode, 'node')
  async registerNode(
    @RpcRequest() { publicKey }: RegisterNodeFleetRequest,
    @NodeSigner() signer: Signer,
    @Release() release?: string,
  ): Promise<RegisterNodeFleetResponse> {
    return { nodeId: await this.nodes.registerItself(signer, publicKey, release) };
  }

  @Rpc(FleetService.activateNode, 'node')
  async activateNode(
    @RpcRequest() { publicKey, heartbeatInterval }: ActivateNodeRequest,
    @NodeSigner() signer: Signer,
    @Release() release?: string,
  ): Promise<ActivateNodeResponse> {
    return { nodeId: await this.nodes.activate(signer, publicKey, heartbeatInterval, release) };
  }

  @Rpc(FleetService.sendNodeHeartbeat, 'node')
  async sendNodeHeartbeat(
    @RpcRequest() { node, heartbeatInterval }: SendNodeHeartbeatRequest,
    @NodeSigner() signer: Signer,
    @Release() release?: string,
  ): Promise<SendNodeHeartbeatResponse> {
    await this.nodes.heartbeat(signer, node?.nodeId ?? 0n, heartbeatInterval, release);
    return { success: true };
  }

  @Rpc(FleetService.deactivateNode, 'node')
  async deactivateNode(
    @RpcRequest() { nodeId }: DeactivateNodeRequest,
    @NodeSigner() signer: Signer,
  ): Promise<DeactivateNodeResponse> {
    await this.nodes.deactivate(signer, nodeId);
    return {};
  }

  @Rpc(FleetService.unregisterNode, 'node')
  async unregisterNode(
    @RpcRequest() { nodeId }: UnregisterNodeFleetRequest,
    @NodeSigner() signer: Signer,
  ): Promise<UnregisterNodeFleetResponse> {
    await this.nodes.unregisterItself(signer, nodeId);
    return {};
  }
}
