import { Pool } from 'pg';

import { PLANNING } from '../../../src/database/data-source';
import type { Statement } from '../../../src/database/sql';
import { CLAIM_INBOX } from '../../../src/messages/inbox.sql';
import {
  CLAIM_INSTRUCTION,
  CONFIRM_INSTRUCTION,
  FIND_NODES_TO_WAKE,
  FIND_SENDER,
  STORE_INSTRUCTIONS,
} from '../../../src/messages/instructions.sql';
import {
  CLAIM_REPLIES,
  CONFIRM_REPLY,
  DROP_USELESS_REPLIES,
  FIND_ANSWERED_INSTRUCTION,
  JUDGE_MESSAGES,
  STORE_REPLY,
} from '../../../src/messages/replies.sql';
import { ACTIVATE_NODE, NODE_HEARTBEAT } from '../../../src/nodes/nodes.sql';
import {
  FIND_OBJECT_FOR_NODE,
  FIND_OBJECT_FOR_TASK,
  STORE_OBJECT_BY_NODE,
  STORE_OBJECT_BY_TASK,
} from '../../../src/object-store/object-access.sql';
import {
  DELETE_UNNEEDED_OBJECTS,
  JOIN_SESSION,
  REGISTER_OBJECTS,
} from '../../../src/object-store/object-life.sql';
import { FIND_RUN_FOR_NODE, FIND_TASK_INPUT } from '../../../src/runs/run-access.sql';
import { FIND_RUN } from '../../../src/runs/runs.repository';
import { START_TASK, TASK_HEARTBEAT } from '../../../src/tasks/task-life.sql';
import {
  ACKNOWLEDGE_TASK_MESSAGES,
  APPEND_LOG,
  HAND_OUT_TASK_MESSAGES,
} from '../../../src/tasks/task-records.sql';
import { createDatabase, type TestDatabase } from '../../support/postgres';

const CALLS: readonly Statement[] = [
  ACTIVATE_NODE,
  NODE_HEARTBEAT,
  CLAIM_INSTRUCTION,
  FIND_NODES_TO_WAKE,
  CONFIRM_INSTRUCTION,
  FIND_ANSWERED_INSTRUCTION,
  STORE_REPLY,
  FIND_OBJECT_FOR_NODE,
  STORE_OBJECT_BY_NODE,
  START_TASK,
  TASK_HEARTBEAT,
  FIND_SENDER,
  STORE_INSTRUCTIONS,
  CLAIM_INBOX,
  JUDGE_MESSAGES,
  CLAIM_REPLIES,
  DROP_USELESS_REPLIES,
  CONFIRM_REPLY,
  FIND_OBJECT_FOR_TASK,
  STORE_OBJECT_BY_TASK,
  APPEND_LOG,
  ACKNOWLEDGE_TASK_MESSAGES,
  HAND_OUT_TASK_MESSAGES,
  REGISTER_OBJECTS,
  JOIN_SESSION,
  DELETE_UNNEEDED_OBJECTS,
  FIND_RUN,
  FIND_RUN_FOR_NODE,
  FIND_TASK_INPUT,
];

/** Each names all rows of something that grows: the sessions of a run, what has a lease, what is not done. */
const OF_MANY = [
  'instruction_by_run',
  'instruction_expiry',
  'node_online',
  'push_session_of_run',
  'run_traffic_entry_entered',
  'task_leased',
  'task_message_expiry',
  'task_of_run',
  'task_unfinished',
];

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
}

/** Once there are some rows autovacuum looks within a minute, and all is planned anew. */
describe('a call whose plan was made while all tables were empty', () => {
  let database: TestDatabase;
  let replica: Pool;

  beforeAll(async () => {
    database = await createDatabase();
    replica = new Pool({
      connectionString: database.url,
      max: 1,
      options: `${PLANNING} -c plan_cache_mode=force_generic_plan`,
    });
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

/** Tables and indexes that are read from end to end, and indexes that name too much. */
function readsOf(plan: Plan): string[] {
  const below = (plan.Plans ?? []).flatMap(readsOf);
  const { 'Node Type': type, 'Relation Name': table = '', 'Index Name': index = table } = plan;
  const isWhole = type === 'Seq Scan' || (/Index.* Scan/.test(type) && !('Index Cond' in plan));
  return [...(isWhole || OF_MANY.includes(index) ? [index] : []), ...below];
}
