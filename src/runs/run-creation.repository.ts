import { Injectable } from '@nestjs/common';

import type { Queryable, Transaction } from '../database/database';
import { toInt8 } from '../wire/ids';
import type { NewRun, StoredFab } from './new-run';
import {
  ADD_FAB,
  ADD_PRIMARY_TASK,
  ADD_RUN,
  ADD_SERIES,
  FIND_FAB_CONTENT,
  HAS_FAB,
  LOCK_SERIES,
  REWRITE_SERIES_CONTEXT,
} from './run-creation.sql';

export interface SeriesToAdd {
  readonly seriesId: bigint;
  readonly federationId: string;
  readonly description: string | undefined;
  readonly isAgent: boolean;
  readonly context: Uint8Array;
}

/** The pieces of a run's creation; `RunCreationService` puts them into one transaction. */
@Injectable()
export class RunCreationRepository {
  /** The series' context, locked to the end of the transaction; undefined if there is no such series. */
  async lockSeries(
    tx: Transaction,
    seriesId: bigint,
    federationId: string,
  ): Promise<Buffer | undefined> {
    const values = [toInt8(seriesId), federationId];
    const [row] = await tx.query<{ context: Buffer }>(LOCK_SERIES, values);
    return row?.context;
  }

  async addSeries(tx: Transaction, series: SeriesToAdd): Promise<void> {
    const { seriesId, federationId, description, isAgent, context } = series;
    await tx.query(ADD_SERIES, [
      toInt8(seriesId),
      federationId,
      description ?? null,
      isAgent,
      context,
    ]);
  }

  async rewriteContext(tx: Transaction, seriesId: bigint, context: Uint8Array): Promise<void> {
    await tx.query(REWRITE_SERIES_CONTEXT, [toInt8(seriesId), context]);
  }

  async addFab(tx: Transaction, fab: StoredFab): Promise<void> {
    const [row] = await tx.query<{ found: boolean }>(HAS_FAB, [fab.hash]);
    if (row?.found !== true) await tx.query(ADD_FAB, [fab.hash, fab.content]);
  }

  /** False if this very run has been made already. */
  async addRun(tx: Transaction, run: NewRun): Promise<boolean> {
    const rows = await tx.query(ADD_RUN, [
      toInt8(run.runId),
      toInt8(run.series.seriesId),
      run.fab.id,
      run.fab.version,
      run.fab.hash,
      run.overrideConfig,
      run.federationId,
      toInt8(run.primaryTaskId),
      run.flwrAid,
      run.federationConfig ?? null,
    ]);
    return rows.length > 0;
  }

  async addPrimaryTask(tx: Transaction, run: NewRun): Promise<void> {
    await tx.query(ADD_PRIMARY_TASK, [
      toInt8(run.primaryTaskId),
      run.primaryTaskType,
      toInt8(run.runId),
      run.fab.hash,
    ]);
  }

  async findFabContent(database: Queryable, fabHash: string): Promise<Buffer | undefined> {
    const [row] = await database.query<{ content: Buffer }>(FIND_FAB_CONTENT, [fabHash]);
    return row?.content;
  }
}
