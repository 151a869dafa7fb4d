import { Controller } from '@nestjs/common';

import { DatabaseClock } from '../database/database-clock';
import { ControlService } from '../generated/flwr/proto/control';
import type {
  ListNodesResponse,
  RegisterNodeRequest,
  RegisterNodeResponse,
  UnregisterNodeRequest,
  UnregisterNodeResponse,
} from '../generated/flwr/proto/control_node';
import { NodesService } from '../nodes/nodes.service';
import { Rpc } from '../rpc/rpc.decorator';
import type { Account } from '../rpc/rpc-call';
import { CallerAccount, RpcRequest } from '../rpc/rpc-parameters.decorator';

/** `flwr supernode register`, `unregister` and `list`. */
@Controller()
export class NodesController {
  constructor(
    private readonly nodes: NodesService,
    private readonly clock: DatabaseClock,
  ) {}

  @Rpc(ControlService.registerNode, 'account')
  async registerNode(
    @RpcRequest() { publicKey, location, name }: RegisterNodeRequest,
    @CallerAccount() account: Account,
  ): Promise<RegisterNodeResponse> {
    return { nodeId: await this.nodes.registerForAccount(publicKey, account, { location, name }) };
  }

  @Rpc(ControlService.unregisterNode, 'account')
  async unregisterNode(
    @RpcRequest() { nodeId }: UnregisterNodeRequest,
    @CallerAccount() account: Account,
  ): Promise<UnregisterNodeResponse> {
    await this.nodes.unregisterOwned(nodeId, account);
    return {};
  }

  @Rpc(ControlService.listNodes, 'account')
  async listNodes(@CallerAccount() account: Account): Promise<ListNodesResponse> {
    const nodesInfo = await this.nodes.listOwned(account);
    return { nodesInfo, now: await this.clock.now() };
  }
}
