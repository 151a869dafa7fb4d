import { Injectable } from '@nestjs/common';

import { DatabaseClock } from '../database/database-clock';
import { SuperLinkError } from '../errors/superlink-error';
import { type ListRunsRequest, ListRunsResponse } from '../generated/flwr/proto/control_run';
import type { Run } from '../generated/flwr/proto/run';
import { isReleaseBefore } from '../rpc/client-release';
import type { Account } from '../rpc/rpc-call';
import { RunsService } from '../runs/runs.service';
import { TasksService } from '../tasks/tasks.service';
import { RunAccess } from './run-access.service';

const PAGES_SINCE_MINOR = 40;
const PAGE_RUNS = 20n;

/** Listing and stopping of runs. */
@Injectable()
export class RunControl {
  constructor(
    private readonly access: RunAccess,
    private readonly runs: RunsService,
    private readonly tasks: TasksService,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * One run by its id, else the account's own, the newest ones first. Without a limit 20 of them, but all for releases
   * that did not know pages yet.
   */
  async list(
    request: ListRunsRequest,
    account: Account,
    release: string | undefined,
  ): Promise<ListRunsResponse> {
    const isPaged = !isReleaseBefore(PAGES_SINCE_MINOR, release);
    const limit = request.limit ?? (isPaged ? PAGE_RUNS : undefined);
    const runs = await this.select({ ...request, limit }, account);
    return ListRunsResponse.fromPartial({
      runDict: new Map(runs.map((run) => [run.runId, withOwnerName(run, account)])),
      now: await this.clock.now(),
    });
  }

  /** Ends the run and all its tasks; false if it ended by itself in the same moment. */
  async stop(runId: bigint, account: Account): Promise<boolean> {
    const run = await this.access.require(runId, account);
    if (run.status?.status === 'finished') throw new SuperLinkError('RUN_ALREADY_FINISHED');
    return this.tasks.stopRun(runId);
  }

  private async select(request: ListRunsRequest, account: Account): Promise<Run[]> {
    if (request.runId !== undefined) return [await this.access.require(request.runId, account)];
    const page = { limit: request.limit, skip: request.skip ?? 0n };
    return this.runs.listOfAccount(account.flwrAid, page);
  }
}

/** Names of other accounts are not known here; only the caller's own is filled in. */
function withOwnerName(run: Run, account: Account): Run {
  return { ...run, accountName: run.flwrAid === account.flwrAid ? account.name : '' };
}
