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
import { NodeKey, Release, RpcRequest } from '../rpc/rpc-parameters.decorator';

/** A SuperNode comes, lives and goes. */
@Controller()
export class FleetNodesController {
  constructor(private readonly nodes: NodesService) {}

  @Rpc(FleetService.registerNode, 'node')
  async registerNode(
    @RpcRequest() { publicKey }: RegisterNodeFleetRequest,
    @NodeKey() signer: Buffer,
    @Release() release?: string,
  ): Promise<RegisterNodeFleetResponse> {
    return { nodeId: await this.nodes.registerItself(signer, publicKey, release) };
  }

  @Rpc(FleetService.activateNode, 'node')
  async activateNode(
    @RpcRequest() { publicKey, heartbeatInterval }: ActivateNodeRequest,
    @NodeKey() signer: Buffer,
    @Release() release?: string,
  ): Promise<ActivateNodeResponse> {
    return { nodeId: await this.nodes.activate(signer, publicKey, heartbeatInterval, release) };
  }

  @Rpc(FleetService.sendNodeHeartbeat, 'node')
  async sendNodeHeartbeat(
    @RpcRequest() { node, heartbeatInterval }: SendNodeHeartbeatRequest,
    @NodeKey() signer: Buffer,
    @Release() release?: string,
  ): Promise<SendNodeHeartbeatResponse> {
    await this.nodes.heartbeat(signer, node?.nodeId ?? 0n, heartbeatInterval, release);
    return { success: true };
  }

  @Rpc(FleetService.deactivateNode, 'node')
  async deactivateNode(
    @RpcRequest() { nodeId }: DeactivateNodeRequest,
    @NodeKey() signer: Buffer,
  ): Promise<DeactivateNodeResponse> {
    await this.nodes.deactivate(signer, nodeId);
    return {};
  }

  @Rpc(FleetService.unregisterNode, 'node')
  async unregisterNode(
    @RpcRequest() { nodeId }: UnregisterNodeFleetRequest,
    @NodeKey() signer: Buffer,
  ): Promise<UnregisterNodeFleetResponse> {
    await this.nodes.unregisterItself(signer, nodeId);
    return {};
  }
}
