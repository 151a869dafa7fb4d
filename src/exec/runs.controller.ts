import { Controller, UseInterceptors } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import { ControlService } from '../generated/flwr/proto/control';
import {
  type ListRunsRequest,
  ListRunsResponse,
  type StartRunRequest,
  type StartRunResponse,
  type StopRunRequest,
  type StopRunResponse,
  type StreamLogsRequest,
  StreamLogsResponse,
  type StreamRunEventsRequest,
  type StreamRunEventsResponse,
} from '../generated/flwr/proto/control_run';
import { Rpc } from '../rpc/rpc.decorator';
import type { Account, StreamReader } from '../rpc/rpc-call';
import { CallerAccount, Reader, Release, RpcRequest } from '../rpc/rpc-parameters.decorator';
import { StreamAnswerInterceptor } from '../rpc/stream-answer.interceptor';
import { RunControl } from './run-control.service';
import { RunStarter } from './run-starter/run-starter.service';
import { RunStreams } from './run-streams.service';

/** No line, and the time that a CLI resumes from. */
function nothingNew(
  { afterTimestamp }: StreamLogsRequest,
  last: StreamLogsResponse | undefined,
): StreamLogsResponse {
  const latestTimestamp = last?.latestTimestamp ?? afterTimestamp;
  return StreamLogsResponse.fromPartial({ latestTimestamp });
}

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
    @Release() release: string | undefined,
  ): Promise<StartRunResponse> {
    return this.starter.start(request, account, release);
  }

  @Rpc(ControlService.listRuns, 'account')
  async listRuns(
    @RpcRequest() request: ListRunsRequest,
    @CallerAccount() account: Account,
    @Release() release: string | undefined,
  ): Promise<ListRunsResponse> {
    return this.control.list(request, account, release);
  }

  @Rpc(ControlService.stopRun, 'account')
  async stopRun(
    @RpcRequest() { runId }: StopRunRequest,
    @CallerAccount() account: Account,
  ): Promise<StopRunResponse> {
    return { success: await this.control.stop(runId, account) };
  }

  @Rpc(ControlService.streamLogs, 'account', nothingNew)
  @UseInterceptors(StreamAnswerInterceptor)
  async streamLogs(
    @RpcRequest() request: StreamLogsRequest,
    @CallerAccount() account: Account,
    @Reader() reader: StreamReader,
  ): Promise<AsyncIterable<StreamLogsResponse>> {
    return this.streams.streamLogs(request, account, reader);
  }

  @Rpc(ControlService.streamRunEvents, 'account')
  @UseInterceptors(StreamAnswerInterceptor)
  async streamRunEvents(
    @RpcRequest() request: StreamRunEventsRequest,
    @CallerAccount() account: Account,
    @Reader() reader: StreamReader,
    @Release() release: string | undefined,
  ): Promise<AsyncIterable<StreamRunEventsResponse>> {
    return this.streams.streamEvents(request, account, reader, release);
  }

  /** Artifacts need a provider, which the open edition has not: refused before the run is looked at. */
  @Rpc(ControlService.pullArtifacts, 'account')
  pullArtifacts(): never {
    throw new SuperLinkError('NO_ARTIFACT_PROVIDER');
  }
}
