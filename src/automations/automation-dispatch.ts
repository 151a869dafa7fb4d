import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

import type { Transaction } from '../database/database';
import { translateDatabaseError } from '../database/database-errors';
import { SuperLinkError } from '../errors/superlink-error';
import { RunStarter } from '../exec/run-starter/run-starter.service';
import { StartRunRequest } from '../generated/flwr/proto/control_run';
import { Housekeeping, type Step } from '../housekeeping/housekeeping';
import { LOGGER, type Logger } from '../logging/logger';
import { AutomationsRepository, type DueAutomation } from './automations.repository';

const EVERY_MILLISECONDS = 1_000;

/**
 * Starts the runs that are due, on whichever replica has its turn. Claim, run and count are one transaction: a
 * replica that dies in it has done nothing, so each occurrence gives one run.
 */
@Injectable()
export class AutomationDispatch implements OnModuleInit {
  constructor(
    private readonly housekeeping: Housekeeping,
    private readonly automations: AutomationsRepository,
    private readonly starter: RunStarter,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.housekeeping.add({
      name: 'automations',
      everyMilliseconds: EVERY_MILLISECONDS,
      run: (tx) => this.dispatchOne(tx),
    });
  }

  private async dispatchOne(tx: Transaction): Promise<Step> {
    const due = await this.automations.claimDue(tx);
    if (due === undefined) return { rows: 0, hasMore: false };
    const hasRun = await this.startRun(tx, due);
    await this.automations.finishOccurrence(tx, due.automation_id, hasRun);
    return { rows: 1, hasMore: true };
  }

  /** False if the run cannot be started, now or later: the automation has failed then. */
  private async startRun(tx: Transaction, due: DueAutomation): Promise<boolean> {
    await this.automations.beginDispatch(tx);
    try {
      const request = StartRunRequest.decode(due.start_run_request);
      return await this.starter.startWithin(tx, request, { flwrAid: due.flwr_aid, name: '' });
    } catch (error) {
      if (isMomentary(error)) throw error;
      await this.automations.undoDispatch(tx);
      this.logger.warn(
        { err: error, automation: due.automation_id.toString() },
        'automation failed',
      );
      return false;
    }
  }
}

function isMomentary(error: unknown): boolean {
  const translated = translateDatabaseError(error);
  return translated instanceof SuperLinkError && translated.errorName === 'UNAVAILABLE';
}
