import { Injectable } from '@nestjs/common';

import { Context } from '../generated/flwr/proto/message';
import { RunSeries } from '../generated/flwr/proto/runseries';
import { isoText } from '../wire/times';
import type { RunSeriesEntity } from './entities/run-series.entity';
import { type RunOfSeries, RunSeriesRepository, type SeriesFilter } from './run-series.repository';

/** Series of runs as clients see them: with their runs, and how the last one stands. */
@Injectable()
export class RunSeriesService {
  constructor(private readonly series: RunSeriesRepository) {}

  async list(filter: SeriesFilter): Promise<RunSeries[]> {
    return this.withRuns(await this.series.list(filter));
  }

  async find(seriesId: bigint): Promise<RunSeries | undefined> {
    const entity = await this.series.find(seriesId);
    if (entity === null) return undefined;
    const [found] = await this.withRuns([entity]);
    return found;
  }

  /** What the last run of the series left for the next. */
  async findContext(seriesId: bigint): Promise<Context | undefined> {
    const context = await this.series.findContext(seriesId);
    return context && Context.decode(context);
  }

  async describe(seriesId: bigint, description: string): Promise<void> {
    await this.series.describe(seriesId, description);
  }

  private async withRuns(entities: readonly RunSeriesEntity[]): Promise<RunSeries[]> {
    const ids = entities.map((entity) => entity.seriesId);
    const runs = groupBySeries(await this.series.listRuns(ids));
    return entities.map((entity) => toRunSeries(entity, runs.get(entity.seriesId) ?? []));
  }
}

function groupBySeries(runs: readonly RunOfSeries[]): Map<bigint, RunOfSeries[]> {
  const groups = new Map<bigint, RunOfSeries[]>();
  for (const run of runs) {
    const group = groups.get(run.series_id) ?? [];
    groups.set(run.series_id, group);
    group.push(run);
  }
  return groups;
}

function toRunSeries(entity: RunSeriesEntity, runs: readonly RunOfSeries[]): RunSeries {
  const last = runs.at(-1);
  return RunSeries.fromPartial({
    seriesId: entity.seriesId,
    federation: entity.federationId,
    description: entity.description ?? '',
    createdAt: isoText(entity.createdAt),
    updatedAt: isoText(entity.updatedAt),
    lastRunStatus: last && {
      status: last.status,
      subStatus: last.sub_status,
      details: last.details,
    },
    runIds: runs.map((run) => run.run_id),
  });
}
