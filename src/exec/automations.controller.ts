import { Controller } from '@nestjs/common';

import { AutomationsService } from '../automations/automations.service';
import { ControlService } from '../generated/flwr/proto/control';
import type {
  ListAutomationsRequest,
  ListAutomationsResponse,
  StartAutomationRequest,
  StartAutomationResponse,
  StopAutomationRequest,
  StopAutomationResponse,
} from '../generated/flwr/proto/control_automation';
import { Rpc } from '../rpc/rpc.decorator';
import type { Account } from '../rpc/rpc-call';
import { CallerAccount, RpcRequest } from '../rpc/rpc-parameters.decorator';

/** Runs that start by the clock. */
@Controller()
export class AutomationsController {
  constructor(private readonly automations: AutomationsService) {}

  @Rpc(ControlService.startAutomation, 'account')
  async startAutomation(
    @RpcRequest() request: StartAutomationRequest,
    @CallerAccount() account: Account,
  ): Promise<StartAutomationResponse> {
    return this.automations.startForAccount(request, account);
  }

  @Rpc(ControlService.listAutomations, 'account')
  async listAutomations(
    @RpcRequest() { federation }: ListAutomationsRequest,
    @CallerAccount() account: Account,
  ): Promise<ListAutomationsResponse> {
    return { automations: await this.automations.list(federation, account) };
  }

  @Rpc(ControlService.stopAutomation, 'account')
  async stopAutomation(
    @RpcRequest() { automationId }: StopAutomationRequest,
    @CallerAccount() account: Account,
  ): Promise<StopAutomationResponse> {
    await this.automations.stop(automationId, account);
    return {};
  }
}
