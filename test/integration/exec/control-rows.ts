import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Database } from '../../../src/database/database';
import { sql, type Statement } from '../../../src/database/sql';
import { StartRunRequest } from '../../../src/generated/flwr/proto/control_run';
import { toInt8 } from '../../../src/wire/ids';

/** A FAB that the stock tool built; its config has `num-rounds`, `label` and more. */
export const TALLY_FAB = readFileSync(join(__dirname, '../../fixtures/fab/tally-app.fab'));
export const GUIDE_FAB = readFileSync(join(__dirname, '../../fixtures/fab/guide-app.fab'));

export const tallyRequest = (fields: Partial<StartRunRequest> = {}): StartRunRequest => ({
  ...StartRunRequest.fromPartial({ fab: { content: TALLY_FAB } }),
  ...fields,
});

const COUNT_ROWS: Statement = {
  name: 'test-count-rows',
  text: sql`
select (select count(*) from run)::int as runs, (select count(*) from task)::int as tasks,
  (select count(*) from run_series)::int as series, (select count(*) from fab)::int as fabs,
  (select count(*) from automation)::int as automations`,
};

export interface RowCounts {
  readonly runs: number;
  readonly tasks: number;
  readonly series: number;
  readonly fabs: number;
  readonly automations: number;
}

export async function countRows(database: Database): Promise<RowCounts | undefined> {
  return (await database.query<RowCounts & Record<string, unknown>>(COUNT_ROWS))[0];
}

const WRITE_LOG: Statement = {
  name: 'test-write-log',
  text: sql`
with written as (
  insert into task_log (task_id, logged_at, log)
  select primary_task_id, $2::double precision, $3::text from run where run_id = $1::bigint)
select pg_notify('superlink', 'log:' || $4::text)`,
};

/** As PushLogs of the run's primary task leaves it. */
export async function writeLog(
  database: Database,
  runId: bigint,
  at: number,
  log: string,
): Promise<void> {
  await database.query(WRITE_LOG, [toInt8(runId), at, log, runId.toString()]);
}

const WRITE_EVENT: Statement = {
  name: 'test-write-event',
  text: sql`
with written as (
  insert into task_event (run_id, task_id, event, data)
  select run_id, primary_task_id, $2::text, '{}' from run where run_id = $1::bigint)
select pg_notify('superlink', 'events:' || $3::text)`,
};

const WRITE_CHILD_EVENT: Statement = {
  name: 'test-write-child-event',
  text: sql`
with child as (
  insert into task (task_id, type, run_id) values (-($1::bigint / 2), 'flwr-model', $1::bigint)
  returning task_id, run_id)
insert into task_event (run_id, task_id, event, data) select run_id, task_id, $2::text, '{}' from child`,
};

/** The same of another task of the run. */
export async function writeChildEvent(
  database: Database,
  runId: bigint,
  event: string,
): Promise<void> {
  await database.query(WRITE_CHILD_EVENT, [toInt8(runId), event]);
}

export async function writeEvent(database: Database, runId: bigint, event: string): Promise<void> {
  await database.query(WRITE_EVENT, [toInt8(runId), event, runId.toString()]);
}
