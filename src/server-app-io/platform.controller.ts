import { Controller } from '@nestjs/common';

import { AutomationsService } from '../automations/automations.service';
import { SuperLinkError } from '../errors/superlink-error';
import type { GetConnectorResponse } from '../generated/flwr/proto/app_message';
import type {
  StartAutomationRequest,
  StartAutomationResponse,
} from '../generated/flwr/proto/control_automation';
import type { GetFederationOptionsResponse } from '../generated/flwr/proto/run';
import { ServerAppIoService } from '../generated/flwr/proto/serverappio';
import { Rpc } from '../rpc/rpc.decorator';
import { RpcRequest, TokenHash } from '../rpc/rpc-parameters.decorator';
import { taskRpc } from '../rpc/task-rpc';
import { RunsService } from '../runs/runs.service';
import { TaskRecordsService } from '../tasks/task-records.service';

const AUTOMATION_STARTERS = new Set(['flwr-agentapp', 'flwr-serverapp']);

/** What tasks ask of the platform around them. */
@Controller()
export class PlatformController {
  constructor(
    private readonly records: TaskRecordsService,
    private readonly automations: AutomationsService,
    private readonly runs: RunsService,
  ) {}

  @Rpc(taskRpc('startAutomation'), 'task')
  async startAutomation(
    @RpcRequest() request: StartAutomationRequest,
    @TokenHash() tokenHash: Buffer,
  ): Promise<StartAutomationResponse> {
    const caller = await this.records.caller(tokenHash);
    if (!AUTOMATION_STARTERS.has(caller.type)) {
      throw new SuperLinkError('AUTOMATION_CREATION_REFUSED');
    }
    const run = await this.runs.find(caller.run_id);
    if (run === undefined) throw new SuperLinkError('RUN_NOT_FOUND');
    return this.automations.start(request, {
      flwrAid: run.flwrAid,
      federationId: run.federation,
      connectorRefs: [], // no run has a connector: there is no provider to connect one
    });
  }

  /** No connector can be connected without a provider, so there are no credentials to give. */
  @Rpc(taskRpc('getConnector'), 'task')
  async getConnector(@TokenHash() tokenHash: Buffer): Promise<GetConnectorResponse> {
    const caller = await this.records.caller(tokenHash);
    throw new SuperLinkError(
      caller.type === 'flwr-connector' ? 'CONNECTOR_NOT_FOUND' : 'CONNECTOR_CREDENTIALS_REFUSED',
    );
  }

  /** Declared to 1.31 and called by no stock program; 1.31's own SuperLink does not implement it either. */
  @Rpc(ServerAppIoService.getFederationOptions, 'task')
  async getFederationOptions(
    @TokenHash() tokenHash: Buffer,
  ): Promise<GetFederationOptionsResponse> {
    await this.records.caller(tokenHash);
    throw new SuperLinkError('NOT_SERVED');
  }
}
