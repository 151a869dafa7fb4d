import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { sql, type Statement } from '../database/sql';
import { toInt8, toSerial } from '../wire/ids';
import { RUN_COLUMNS, RUN_TABLES } from './run-columns';
import type { RunRow } from './run-row';

export const FIND_RUN: Statement = {
  name: 'find-run',
  text: sql`select ${RUN_COLUMNS} from ${RUN_TABLES} where r.run_id = $1::bigint`,
};

/** A run's created_at is its pending_at: the page comes from the index run_owner alone. */
const LIST_RUNS_OF_ACCOUNT: Statement = {
  name: 'list-runs-of-account',
  text: sql`
select ${RUN_COLUMNS}
from ${RUN_TABLES}
where r.run_id in (
  select run_id
  from run
  where flwr_aid = $1::text
  order by created_at desc, run_id desc
  limit $2::bigint offset $3::bigint)
order by r.created_at desc, r.run_id desc`,
};

const LIST_RUNS_OF_SERIES: Statement = {
  name: 'list-runs-of-series',
  text: sql`
select ${RUN_COLUMNS} from ${RUN_TABLES} where r.series_id = $1::bigint order by r.series_position`,
};

/** Part of a list. Without a limit: all of it. */
export interface Page {
  readonly limit: bigint | undefined;
  readonly skip: bigint;
}

@Injectable()
export class RunsRepository {
  constructor(private readonly database: Database) {}

  async find(runId: bigint): Promise<RunRow | undefined> {
    const [row] = await this.database.query<RunRow>(FIND_RUN, [toInt8(runId)]);
    return row;
  }

  async listOfSeries(seriesId: bigint): Promise<RunRow[]> {
    return this.database.query<RunRow>(LIST_RUNS_OF_SERIES, [toInt8(seriesId)]);
  }

  async listOfAccount(flwrAid: string, page: Page): Promise<RunRow[]> {
    const limit = page.limit === undefined ? null : toSerial(page.limit);
    const values = [flwrAid, limit, toSerial(page.skip)];
    return this.database.query<RunRow>(LIST_RUNS_OF_ACCOUNT, values);
  }
}
