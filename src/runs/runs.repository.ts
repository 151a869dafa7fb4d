import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { sql, type Statement } from '../database/sql';
import { toInt8 } from '../wire/ids';
import { RUN_COLUMNS, RUN_TABLES } from './run-columns';
import type { RunRow } from './run-row';

const FIND_RUN: Statement = {
  name: 'find-run',
  text: sql`select ${RUN_COLUMNS} from ${RUN_TABLES} where r.run_id = $1::bigint`,
};

@Injectable()
export class RunsRepository {
  constructor(private readonly database: Database) {}

  async find(runId: bigint): Promise<RunRow | undefined> {
    const [row] = await this.database.query<RunRow>(FIND_RUN, [toInt8(runId)]);
    return row;
  }
}
