import { Pool } from 'pg';

import { DROP_EXPIRED_NONCES } from '../../../src/auth/nonce.repository';
import { CLAIM_DUE_AUTOMATION, FINISH_OCCURRENCE } from '../../../src/automations/automations.sql';
import type { Statement } from '../../../src/database/sql';
import {
  DROP_MESSAGES_OF_RUNS,
  FIND_ENDED_RUNS,
  MARK_CLEANED,
} from '../../../src/messages/ended-runs.sql';
import {
  DROP_EXPIRED_MESSAGES,
  DROP_UNFINISHED_MESSAGES,
} from '../../../src/messages/message-life.sql';
import { FORGET_NODES, RENEW_NODES } from '../../../src/nodes/nodes.sql';
import {
  DELETE_UNNEEDED_OBJECTS,
  DROP_PENDING,
  DROP_SESSIONS,
  FIND_EXPIRED_SESSIONS,
  FIND_SESSIONS_OF_RUNS,
  LOCK_OBJECTS,
  RELEASE_LINKS,
  RENEW_SESSIONS,
  TAKE_GARBAGE,
} from '../../../src/object-store/object-life.sql';
import { ADD_TRAFFIC_OF_RUNS_UP, ADD_TRAFFIC_UP } from '../../../src/runs/run-traffic.sql';
import {
  END_LAPSED_TASKS,
  FIND_LAPSED_RUNS,
  LOCK_FREE_RUNS,
  RENEW_TASKS,
} from '../../../src/tasks/task-life.sql';
import { DROP_DEAD_TASK_MESSAGES } from '../../../src/tasks/task-records.sql';
import {
  DROP_OLD_EVENTS,
  DROP_OLD_LOGS,
  DROP_OLD_USAGE,
  FIND_RUNS_WITH_OLD_RECORDS,
  FORGET_TOKENS,
  MARK_RECORDS_DROPPED,
} from '../../../src/tasks/task-retention.sql';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { FILL } from './full-tables.fixture';

const RUNS = Array.from({ length: 20 }, (_, index) => 37 * (index + 1));
const IDS = RUNS.map((run) => run.toString(16).padStart(32, '0'));
const MOST = 500;

/** They have one row. */
const SINGLE_ROWS = ['lease_clock', 'run_traffic_added_up'];

const STEPS: readonly (readonly [Statement, readonly unknown[]])[] = [
  [FIND_ENDED_RUNS, [20]],
  [DROP_MESSAGES_OF_RUNS, [RUNS, MOST]],
  [FIND_SESSIONS_OF_RUNS, [RUNS, MOST]],
  [DROP_PENDING, [IDS, MOST]],
  [DROP_SESSIONS, [IDS]],
  [RELEASE_LINKS, [RUNS, MOST]],
  [ADD_TRAFFIC_OF_RUNS_UP, [RUNS, MOST]],
  [MARK_CLEANED, [RUNS]],
  [ADD_TRAFFIC_UP, [MOST]],
  [TAKE_GARBAGE, [64, 2 ** 28, "'-infinity'"]],
  [LOCK_OBJECTS, [IDS]],
  [DELETE_UNNEEDED_OBJECTS, [IDS]],
  [FIND_EXPIRED_SESSIONS, [100]],
  [DROP_UNFINISHED_MESSAGES, [IDS, MOST]],
  [DROP_EXPIRED_MESSAGES, [MOST]],
  [FIND_LAPSED_RUNS, [20]],
  [LOCK_FREE_RUNS, [RUNS]],
  [END_LAPSED_TASKS, [RUNS]],
  [DROP_DEAD_TASK_MESSAGES, [MOST]],
  [FORGET_TOKENS, [MOST]],
  [FIND_RUNS_WITH_OLD_RECORDS, [10, 20]],
  [DROP_OLD_LOGS, [RUNS, MOST]],
  [DROP_OLD_EVENTS, [RUNS, MOST]],
  [DROP_OLD_USAGE, [RUNS, MOST]],
  [MARK_RECORDS_DROPPED, [RUNS]],
  [FORGET_NODES, [10, MOST]],
  [DROP_EXPIRED_NONCES, [1_000]],
  [CLAIM_DUE_AUTOMATION, []],
  [FINISH_OCCURRENCE, [37, true]],
  [RENEW_TASKS, []],
  [RENEW_NODES, []],
  [RENEW_SESSIONS, []],
];

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

describe('a step of housekeeping', () => {
  let database: TestDatabase;
  let admin: Pool;

  beforeAll(async () => {
    database = await createDatabase();
    admin = new Pool({ connectionString: database.url, max: 1 });
    await admin.query(FILL);
  });
  afterAll(async () => {
    await admin.end();
    await database.drop();
  });

  /** Tables that the statement reads from end to end. */
  async function scanned({ text }: Statement, values: readonly unknown[], mode: string) {
    const prepare = `set plan_cache_mode = ${mode}; prepare step as ${text}`;
    await admin.query(prepare);
    const given = values.map((value) =>
      Array.isArray(value) ? `'{${value.join(',')}}'` : String(value),
    );
    const explain = `explain (format json) execute step ${given.length === 0 ? '' : `(${given.join(',')})`}`;
    const { rows } = await admin.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(explain);
    await admin.query('deallocate step');
    return tablesScanned(rows[0]!['QUERY PLAN'][0].Plan);
  }

  it.each(STEPS.map(([statement, values]) => ({ name: statement.name, statement, values })))(
    'reads no table from end to end: $name',
    async ({ statement, values }) => {
      // whichever of the two a connection comes to use
      for (const mode of ['force_custom_plan', 'force_generic_plan']) {
        expect(await scanned(statement, values, mode), mode).toEqual([]);
      }
    },
  );
});

function tablesScanned(plan: Plan): string[] {
  const below = (plan.Plans ?? []).flatMap(tablesScanned);
  const table = plan['Relation Name'] ?? '';
  return plan['Node Type'] === 'Seq Scan' && !SINGLE_ROWS.includes(table)
    ? [table, ...below]
    : below;
}
