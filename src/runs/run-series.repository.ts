import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, Repository } from 'typeorm';

import { Database } from '../database/database';
import { sql, type Statement } from '../database/sql';
import { toInt8 } from '../wire/ids';
import { RunSeriesEntity } from './entities/run-series.entity';

const RUNS_OF_SERIES: Statement = {
  name: 'runs-of-series',
  text: sql`
select r.series_id, r.run_id, t.status, t.sub_status, t.details
from run r
join task_state t on t.task_id = r.primary_task_id
where r.series_id = any($1::bigint[])
order by r.series_id, r.series_position`,
};

export interface RunOfSeries {
  readonly series_id: bigint;
  readonly run_id: bigint;
  readonly status: string;
  readonly sub_status: string;
  readonly details: string;
}

export interface SeriesFilter {
  readonly federationIds: readonly string[];
  /** ISO 8601 in UTC. */
  readonly updatedBefore: string | undefined;
  readonly isAgent: boolean | undefined;
  readonly limit: number | undefined;
}

@Injectable()
export class RunSeriesRepository {
  constructor(
    private readonly database: Database,
    @InjectRepository(RunSeriesEntity) private readonly series: Repository<RunSeriesEntity>,
  ) {}

  /** Series that pass the filter, the last used first. */
  async list(filter: SeriesFilter): Promise<RunSeriesEntity[]> {
    const { federationIds, updatedBefore, isAgent, limit } = filter;
    if (limit === 0) return []; // TypeORM takes 0 for no limit
    return this.series.find({
      where: {
        federationId: In(federationIds),
        ...(updatedBefore !== undefined && { updatedAt: LessThan(updatedBefore) }),
        ...(isAgent !== undefined && { isAgent }),
      },
      order: { updatedAt: 'desc', seriesId: 'desc' },
      ...(limit !== undefined && { take: limit }),
    });
  }

  async find(seriesId: bigint): Promise<RunSeriesEntity | null> {
    return this.series.findOneBy({ seriesId });
  }

  /** The serialized `Context` of a series. */
  async findContext(seriesId: bigint): Promise<Buffer | undefined> {
    const found = await this.series.findOne({
      select: { seriesId: true, context: true },
      where: { seriesId },
    });
    return found?.context;
  }

  /** False if there is no such series. */
  async describe(seriesId: bigint, description: string): Promise<boolean> {
    const { affected } = await this.series.update({ seriesId }, { description });
    return affected === 1;
  }

  /** All runs of these series, those of each in the order in which they joined. */
  async listRuns(seriesIds: readonly bigint[]): Promise<RunOfSeries[]> {
    return this.database.query<RunOfSeries>(RUNS_OF_SERIES, [seriesIds.map(toInt8)]);
  }
}
