import { Injectable } from '@nestjs/common';

import type {
  StreamLogsRequest,
  StreamLogsResponse,
  StreamRunEventsRequest,
  StreamRunEventsResponse,
} from '../generated/flwr/proto/control_run';
import { RunLogsService } from '../logs/run-logs.service';
import { isReleaseBefore } from '../rpc/client-release';
import type { Account, StreamReader } from '../rpc/rpc-call';
import { RunAccess } from './run-access.service';

const PRIMARY_ONLY_SINCE_MINOR = 35;

/** What a run writes, to those who may see it. A run that has ended can be read at any time. */
@Injectable()
export class RunStreams {
  constructor(
    private readonly access: RunAccess,
    private readonly logs: RunLogsService,
  ) {}

  /** Checks first, so that a refusal comes before any message. */
  async streamLogs(
    request: StreamLogsRequest,
    account: Account,
    reader: StreamReader,
  ): Promise<AsyncIterable<StreamLogsResponse>> {
    await this.access.require(request.runId, account);
    return this.logs.followLog(request.runId, request.afterTimestamp, reader);
  }

  /** As `streamLogs`. Releases to 1.34 are told what all tasks of the run say, later ones only the primary task's. */
  async streamEvents(
    request: StreamRunEventsRequest,
    account: Account,
    reader: StreamReader,
    release: string | undefined,
  ): Promise<AsyncIterable<StreamRunEventsResponse>> {
    await this.access.require(request.runId, account);
    const followed = {
      runId: request.runId,
      after: request.afterTaskEventId ?? 0n,
      isPrimaryOnly: !isReleaseBefore(PRIMARY_ONLY_SINCE_MINOR, release),
    };
    return this.logs.followEvents(followed, reader);
  }
}
