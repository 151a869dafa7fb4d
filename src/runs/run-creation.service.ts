import { Injectable } from '@nestjs/common';

import type { Queryable, Transaction } from '../database/database';
import { SuperLinkError } from '../errors/superlink-error';
import { isObjectId } from '../wire/ids';
import type { NewRun } from './new-run';
import { RunCreationRepository } from './run-creation.repository';
import { contextOfNewSeries, contextOfNextRun } from './series-context';

/** Writes a run with its series, its FAB and its first task. */
@Injectable()
export class RunCreationService {
  constructor(private readonly creation: RunCreationRepository) {}

  /**
   * Makes the run within `tx`; run again with the same `run` it changes nothing. Throws RUN_SERIES_NOT_FOUND,
   * before it has written anything, if the series to join is not one of the run's federation.
   */
  async create(tx: Transaction, run: NewRun): Promise<void> {
    const joined = await this.lockJoinedSeries(tx, run);
    if (joined === undefined) await this.addSeries(tx, run);
    await this.creation.addFab(tx, run.fab);
    const isNew = await this.creation.addRun(tx, run);
    if (!isNew) return;
    if (joined !== undefined) {
      const context = contextOfNextRun(joined, run.runId, run.series.seriesId);
      await this.creation.rewriteContext(tx, run.series.seriesId, context);
    }
    await this.creation.addPrimaryTask(tx, run);
  }

  /** Content of a FAB that is stored already, or undefined. */
  async findFab(database: Queryable, fabHash: string): Promise<Buffer | undefined> {
    return isObjectId(fabHash) ? this.creation.findFabContent(database, fabHash) : undefined;
  }

  private async lockJoinedSeries(tx: Transaction, run: NewRun): Promise<Buffer | undefined> {
    if (run.series.kind === 'new') return undefined;
    const { seriesId } = run.series;
    const context = await this.creation.lockSeries(tx, seriesId, run.federationId);
    if (context === undefined) {
      throw new SuperLinkError('RUN_SERIES_NOT_FOUND', 'A run cannot join it.');
    }
    return context;
  }

  private async addSeries(tx: Transaction, run: NewRun): Promise<void> {
    await this.creation.addSeries(tx, {
      seriesId: run.series.seriesId,
      federationId: run.federationId,
      description: run.series.kind === 'new' ? run.series.description : undefined,
      isAgent: run.primaryTaskType === 'flwr-agentapp',
      context: contextOfNewSeries(run.runId, run.series.seriesId),
    });
  }
}
