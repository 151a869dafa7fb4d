import { Pool } from 'pg';

import type { Statement } from '../../../src/database/sql';
import { CLAIM_INBOX } from '../../../src/messages/inbox.sql';
import {
  CLAIM_INSTRUCTION,
  CONFIRM_INSTRUCTION,
  FIND_SENDER,
  STORE_INSTRUCTIONS,
} from '../../../src/messages/instructions.sql';
import {
  CLAIM_REPLIES,
  CONFIRM_REPLY,
  FIND_ANSWERED_INSTRUCTION,
  JUDGE_MESSAGES,
  STORE_REPLY,
} from '../../../src/messages/replies.sql';
import { NODE_HEARTBEAT } from '../../../src/nodes/nodes.sql';
import {
  FIND_OBJECT_FOR_NODE,
  FIND_OBJECT_FOR_TASK,
  STORE_OBJECT_BY_NODE,
  STORE_OBJECT_BY_TASK,
} from '../../../src/object-store/object-access.sql';
import {
  DELETE_UNNEEDED_OBJECTS,
  REGISTER_OBJECTS,
} from '../../../src/object-store/object-life.sql';
import { TASK_HEARTBEAT } from '../../../src/tasks/task-life.sql';
import { APPEND_LOG } from '../../../src/tasks/task-records.sql';
import { createDatabase, type TestDatabase } from '../../support/postgres';

const CALLS: readonly Statement[] = [
  NODE_HEARTBEAT,
  CLAIM_INSTRUCTION,
  CONFIRM_INSTRUCTION,
  FIND_ANSWERED_INSTRUCTION,
  STORE_REPLY,
  FIND_OBJECT_FOR_NODE,
  STORE_OBJECT_BY_NODE,
  TASK_HEARTBEAT,
  FIND_SENDER,
  STORE_INSTRUCTIONS,
  CLAIM_INBOX,
  JUDGE_MESSAGES,
  CLAIM_REPLIES,
  CONFIRM_REPLY,
  FIND_OBJECT_FOR_TASK,
  STORE_OBJECT_BY_TASK,
  APPEND_LOG,
  REGISTER_OBJECTS,
  DELETE_UNNEEDED_OBJECTS,
];

/** Each names all rows of something that grows: the sessions of a run, what has a lease, what is not done. */
const OF_MANY = ['push_session_of_run', 'task_leased', 'task_unfinished', 'task_of_run'];
/** It has one row. */
const CLOCK = 'lease_clock';

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Plan[];
}

describe('a call whose plan was made while all tables were empty', () => {
  let database: TestDatabase;
  let replica: Pool;

  beforeAll(async () => {
    database = await createDatabase();
    replica = new Pool({
      connectionString: database.url,
      max: 1,
      options: '-c enable_seqscan=off -c plan_cache_mode=force_generic_plan',
    });
    await replica.query('analyze');
  });
  afterAll(async () => {
    await replica.end();
    await database.drop();
  });

  it.each(CALLS)('reads no more than what it names: $name', async ({ text }) => {
    const prepare = `prepare call as ${text}`;
    await replica.query(prepare);
    const { rows: types } = await replica.query<{ count: number }>(
      `select cardinality(parameter_types) as count from pg_prepared_statements where name = 'call'`,
    );
    const values = Array.from({ length: types[0]!.count }, () => 'null').join();
    const explain = `explain (format json) execute call (${values})`;
    const { rows } = await replica.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(explain);
    await replica.query('deallocate call');
    expect(readsOf(rows[0]!['QUERY PLAN'][0].Plan)).toEqual([]);
  });
});

/** Tables that are read from end to end, and indexes that name too much. */
function readsOf(plan: Plan): string[] {
  const below = (plan.Plans ?? []).flatMap(readsOf);
  const { 'Relation Name': table = '', 'Index Name': index = '' } = plan;
  const isWhole = plan['Node Type'] === 'Seq Scan' && table !== CLOCK;
  return [...(isWhole ? [table] : []), ...(OF_MANY.includes(index) ? [index] : []), ...below];
}
