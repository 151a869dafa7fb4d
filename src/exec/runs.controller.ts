import { Controller, UseInterceptors } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import { ControlService } from '../generated/flwr/proto/control';
import type {
  ListRunsRequest,
  ListRunsResponse,
  StartRunRequest,
  StartRunResponse,
  StopRunRequest,
  StopRunResponse,
  StreamLogsRequest,
  StreamLogsResponse,
  StreamRunEventsRequest,
  StreamRunEventsResponse,
} from '../generated/flwr/proto/control_run';
import { Rpc } from '../rpc/rpc.decorator';
import type { Account } from '../rpc/rpc-call';
import { CallerAccount, ClientGone, RpcRequest } from '../rpc/rpc-parameters.decorator';
import { StreamAnswerInterceptor } from '../rpc/stream-answer.interceptor';
import { RunControl } from './run-control.service';
import { RunStarter } from './run-starter/run-starter.service';
import { RunStreams } from './run-streams.service';

/** `flwr run`, `flwr ls`, `flwr stop`, `flwr log`, `flwr pull`. */
@Controller()
export class RunsController {
  constructor(
    private readonly starter: RunStarter,
    private readonly control: RunControl,
    private readonly streams: RunStreams,
  ) {}

  @Rpc(ControlService.startRun, 'account')
  async startRun(
    @RpcRequest() request: StartRunRequest,
    @CallerAccount() account: Account,
  ): Promise<StartRunResponse> {
    return this.starter.start(request, account);
  }

  @Rpc(ControlService.listRuns, 'account')
  async listRuns(
    @RpcRequest() request: ListRunsRequest,
    @CallerAccount() account: Account,
  ): Promise<ListRunsResponse> {
    return this.control.list(request, account);
  }

  @Rpc(ControlService.stopRun, 'account')
  async stopRun(
    @RpcRequest() { runId }: StopRunRequest,
    @CallerAccount() account: Account,
  ): Promise<StopRunResponse> {
    return { success: await this.control.stop(runId, account) };
  }

  @Rpc(ControlService.streamLogs, 'account')
  @UseInterceptors(StreamAnswerInterceptor)
  streamLogs(
    @RpcRequest() request: StreamLogsRequest,
    @CallerAccount() account: Account,
    @ClientGone() gone: AbortSignal,
  ): AsyncIterable<StreamLogsResponse> {
    return this.streams.streamLogs(request, account, gone);
  }

  @Rpc(ControlService.streamRunEvents, 'account')
  @UseInterceptors(StreamAnswerInterceptor)
  streamRunEvents(
    @RpcRequest() request: StreamRunEventsRequest,
    @CallerAccount() account: Account,
    @ClientGone() gone: AbortSignal,
  ): AsyncIterable<StreamRunEventsResponse> {
    return this.streams.streamEvents(request, account, gone);
  }

  /** Artifacts need a provider, which the open edition has not: refused before the run is looked at. */
  @Rpc(ControlService.pullArtifacts, 'account')
  pullArtifacts(): never {
    throw new SuperLinkError('NO_ARTIFACT_PROVIDER');
  }
}
