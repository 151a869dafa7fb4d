import { Controller } from '@nestjs/common';

import { ConnectorsService } from '../connectors/connectors.service';
import { ControlService } from '../generated/flwr/proto/control';
import type {
  BeginConnectorOAuthRequest,
  CompleteConnectorOAuthRequest,
  DisconnectConnectorRequest,
  ListConnectorsResponse,
} from '../generated/flwr/proto/control_connector';
import { Rpc } from '../rpc/rpc.decorator';
import { RpcRequest } from '../rpc/rpc-parameters.decorator';

/** Connectors of the calling account; the open edition has no provider to connect to. */
@Controller()
export class ConnectorsController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Rpc(ControlService.listConnectors, 'account')
  listConnectors(): ListConnectorsResponse {
    return { connectors: this.connectors.list() };
  }

  @Rpc(ControlService.disconnectConnector, 'account')
  disconnectConnector(@RpcRequest() request: DisconnectConnectorRequest): never {
    return this.connectors.disconnect(request.connectorRef);
  }

  @Rpc(ControlService.beginConnectorOAuth, 'account')
  beginConnectorOAuth(@RpcRequest() request: BeginConnectorOAuthRequest): never {
    return this.connectors.beginOAuth(request.connectorRef, request.redirectUri);
  }

  @Rpc(ControlService.completeConnectorOAuth, 'account')
  completeConnectorOAuth(@RpcRequest() request: CompleteConnectorOAuthRequest): never {
    const { oauthSessionId, code, state } = request;
    return this.connectors.completeOAuth(oauthSessionId, code, state);
  }
}
