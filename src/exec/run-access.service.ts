import { Injectable } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import { FederationsService } from '../federations/federations.service';
import type { Run } from '../generated/flwr/proto/run';
import type { Account } from '../rpc/rpc-call';
import { RunsService } from '../runs/runs.service';

/** Which run an account may see and act on: any of the federations that it is a member of. */
@Injectable()
export class RunAccess {
  constructor(
    private readonly runs: RunsService,
    private readonly federations: FederationsService,
  ) {}

  /** Throws RUN_NOT_FOUND or FEDERATION_NOT_FOUND. */
  async require(runId: bigint, account: Account): Promise<Run> {
    const run = await this.runs.find(runId);
    if (run === undefined) throw new SuperLinkError('RUN_NOT_FOUND');
    this.federations.requireMembership(account, run.federation);
    return run;
  }
}
