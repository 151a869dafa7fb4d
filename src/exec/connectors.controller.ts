import { Controller } from '@nestjs/common';

import { ConnectorsService } from '../connectors/connectors.service';
import { ControlService } from '../generated/flwr/proto/control';
import type {
  BeginConnectorOAuthRequest,
  CompleteConnectorOAuthRequest,
  DisconnectConnectorRequest,
  ListConnectorsRequest,
  ListConnectorsResponse,
} from '../generated/flwr/proto/control_connector';
import { Rpc } from '../rpc/rpc.decorator';
import type { Account } from '../rpc/rpc-call';
import { CallerAccount, RpcRequest } from '../rpc/rpc-parameters.decorator';

/** Connectors of a federation; the open edition has no provider to connect to. */
@Controller()
export class ConnectorsController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Rpc(ControlService.listConnectors, 'account')
  listConnectors(
    @RpcRequest() { federation }: ListConnectorsRequest,
    @CallerAccount() account: Account,
  ): ListConnectorsResponse {
    return { connectors: this.connectors.list(federation, account) };
  }

  @Rpc(ControlService.disconnectConnector, 'account')
  disconnectConnector(
    @RpcRequest() request: DisconnectConnectorRequest,
    @CallerAccount() account: Account,
  ): never {
    return this.connectors.disconnect(request, account);
  }

  @Rpc(ControlService.beginConnectorOAuth, 'account')
  beginConnectorOAuth(
    @RpcRequest() request: BeginConnectorOAuthRequest,
    @CallerAccount() account: Account,
  ): never {
    return this.connectors.beginOAuth(request, account);
  }

  @Rpc(ControlService.completeConnectorOAuth, 'account')
  completeConnectorOAuth(@RpcRequest() request: CompleteConnectorOAuthRequest): never {
    return this.connectors.completeOAuth(request);
  }
}
