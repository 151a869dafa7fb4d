import { Controller } from '@nestjs/common';

import { SimulationsService } from '../federations/simulations.service';
import { ControlService } from '../generated/flwr/proto/control';
import type {
  AddNodeToFederationRequest,
  ArchiveFederationRequest,
  ConfigureSimulationFederationRequest,
  ConfigureSimulationFederationResponse,
  CreateFederationRequest,
  ListFederationsResponse,
  RemoveNodeFromFederationRequest,
  SetFederationIconRequest,
  ShowFederationRequest,
  ShowFederationResponse,
} from '../generated/flwr/proto/control_federation';
import { Rpc } from '../rpc/rpc.decorator';
import type { Account } from '../rpc/rpc-call';
import { CallerAccount, RpcRequest } from '../rpc/rpc-parameters.decorator';
import { FederationRefusals } from './federation-refusals.service';
import { FederationView } from './federation-view.service';

/** `flwr federation ...`, but for invitations. */
@Controller()
export class FederationsController {
  constructor(
    private readonly view: FederationView,
    private readonly refusals: FederationRefusals,
    private readonly simulations: SimulationsService,
  ) {}

  @Rpc(ControlService.listFederations, 'account')
  listFederations(@CallerAccount() account: Account): ListFederationsResponse {
    return this.view.list(account);
  }

  @Rpc(ControlService.showFederation, 'account')
  async showFederation(
    @RpcRequest() { federationName }: ShowFederationRequest,
    @CallerAccount() account: Account,
  ): Promise<ShowFederationResponse> {
    return this.view.show(federationName, account);
  }

  @Rpc(ControlService.createFederation, 'account')
  createFederation(@RpcRequest() { federationName }: CreateFederationRequest): never {
    return this.refusals.create(federationName);
  }

  @Rpc(ControlService.archiveFederation, 'account')
  archiveFederation(@RpcRequest() { federationName }: ArchiveFederationRequest): never {
    return this.refusals.change(federationName);
  }

  @Rpc(ControlService.setFederationIcon, 'account')
  setFederationIcon(@RpcRequest() { federationName }: SetFederationIconRequest): never {
    return this.refusals.change(federationName);
  }

  @Rpc(ControlService.configureSimulationFederation, 'account')
  async configureSimulationFederation(
    @RpcRequest() { federationName, config }: ConfigureSimulationFederationRequest,
    @CallerAccount() account: Account,
  ): Promise<ConfigureSimulationFederationResponse> {
    return { federationName: await this.simulations.configure(federationName, config, account) };
  }

  @Rpc(ControlService.addNodeToFederation, 'account')
  async addNodeToFederation(
    @RpcRequest() { federationName, nodeId }: AddNodeToFederationRequest,
    @CallerAccount() account: Account,
  ): Promise<never> {
    return this.refusals.changeNode(federationName, nodeId, account);
  }

  @Rpc(ControlService.removeNodeFromFederation, 'account')
  async removeNodeFromFederation(
    @RpcRequest() { federationName, nodeId }: RemoveNodeFromFederationRequest,
    @CallerAccount() account: Account,
  ): Promise<never> {
    return this.refusals.changeNode(federationName, nodeId, account);
  }

  @Rpc(ControlService.removeAccountFromFederation, 'account')
  removeAccountFromFederation(): never {
    return this.refusals.refuse();
  }
}
