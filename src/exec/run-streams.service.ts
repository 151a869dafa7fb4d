import { Injectable } from '@nestjs/common';

import type {
  StreamLogsRequest,
  StreamLogsResponse,
  StreamRunEventsRequest,
  StreamRunEventsResponse,
} from '../generated/flwr/proto/control_run';
import { RunLogsService } from '../logs/run-logs.service';
import type { Account } from '../rpc/rpc-call';
import { RunAccess } from './run-access.service';

/** What a run writes, to those who may see it. A run that has ended can be read at any time. */
@Injectable()
export class RunStreams {
  constructor(
    private readonly access: RunAccess,
    private readonly logs: RunLogsService,
  ) {}

  async *streamLogs(
    request: StreamLogsRequest,
    account: Account,
    gone: AbortSignal,
  ): AsyncGenerator<StreamLogsResponse, void, undefined> {
    await this.access.require(request.runId, account);
    yield* this.logs.followLog(request.runId, request.afterTimestamp, gone);
  }

  async *streamEvents(
    request: StreamRunEventsRequest,
    account: Account,
    gone: AbortSignal,
  ): AsyncGenerator<StreamRunEventsResponse, void, undefined> {
    await this.access.require(request.runId, account);
    yield* this.logs.followEvents(request.runId, request.afterTaskEventId ?? 0n, gone);
  }
}
