import { Controller } from '@nestjs/common';

import { AppsService } from '../apps/apps.service';
import { SuperLinkError } from '../errors/superlink-error';
import { ControlService } from '../generated/flwr/proto/control';
import type {
  AddAppRequest,
  DeleteAppRequest,
  DeleteAppResponse,
  ListAppAssociationsRequest,
  ListAppAssociationsResponse,
  ListAppsRequest,
  ListAppsResponse,
  RemoveAppRequest,
  RemoveAppResponse,
} from '../generated/flwr/proto/control_app';
import { Rpc } from '../rpc/rpc.decorator';
import type { Account } from '../rpc/rpc-call';
import { CallerAccount, RpcRequest } from '../rpc/rpc-parameters.decorator';

/** Apps that a federation offers to those who chat with them. */
@Controller()
export class AppsController {
  constructor(private readonly apps: AppsService) {}

  @Rpc(ControlService.listApps, 'account')
  async listApps(
    @RpcRequest() { federationId, limit }: ListAppsRequest,
    @CallerAccount() account: Account,
  ): Promise<ListAppsResponse> {
    return { apps: await this.apps.list(federationId, limit, account) };
  }

  @Rpc(ControlService.listAppAssociations, 'account')
  async listAppAssociations(
    @RpcRequest() { appId }: ListAppAssociationsRequest,
    @CallerAccount() account: Account,
  ): Promise<ListAppAssociationsResponse> {
    return { federationIds: await this.apps.listFederationsOf(appId, account) };
  }

  @Rpc(ControlService.addApp, 'account')
  addApp(
    @RpcRequest() { federationId, appId }: AddAppRequest,
    @CallerAccount() account: Account,
  ): never {
    return this.apps.addFromHub(federationId, appId, account);
  }

  /** `DeleteApp` is its name in 1.34. */
  @Rpc([ControlService.removeApp, ControlService.deleteApp], 'account')
  async removeApp(
    @RpcRequest() { federationId, appId }: RemoveAppRequest | DeleteAppRequest,
    @CallerAccount() account: Account,
  ): Promise<RemoveAppResponse | DeleteAppResponse> {
    await this.apps.remove(federationId, appId, account);
    return {};
  }

  /** Declared in 1.34 alone, whose own SuperLink does not serve it. */
  @Rpc(ControlService.storeApp, 'account')
  storeApp(): never {
    throw new SuperLinkError('NOT_SERVED');
  }
}
