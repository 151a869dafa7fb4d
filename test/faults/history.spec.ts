import { createHash } from 'node:crypto';

import { Pool, type QueryResultRow } from 'pg';

import { createDatabase, type TestDatabase } from '../support/postgres';
import { History } from './history';

const RUN = '7';
const CONTENT = Buffer.from('ConfigRecord  0\0');
const ID = createHash('sha256').update(CONTENT).digest('hex');

const A_RUN_WITH_A_TASK = `
begin;
insert into fab (fab_hash, content) values ('f', '');
insert into run_series (series_id, federation_id, context) values (1, 'f', '');
insert into run (run_id, series_id, fab_id, fab_version, fab_hash, override_config, federation_id,
  primary_task_id, flwr_aid) values (7, 1, 'f', '1', 'f', '', 'f', 8, 'a');
insert into task (task_id, type, run_id) values (8, 'serverapp', 7);
insert into node (node_id, public_key, owner_aid, owner_name, self_registered, heartbeat_interval)
  values (9, '', 'a', 'a', true, 30);
commit`;

const CLAIM = `update task set token_hash = '\\x01', starting_at = now(), active_until = now() + interval '30 s'`;
const START = `update task set running_at = now(), active_until = now() + interval '60 s'`;
const FINISH = `update task set finished_at = now(), active_until = null, sub_status = 'completed'`;

describe('what the database tells of a fault', () => {
  let database: TestDatabase;
  let pool: Pool;
  let history: History;
  const query = async <Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> => (await pool.query<Row>(text, [...values])).rows;

  beforeEach(async () => {
    database = await createDatabase();
    pool = new Pool({ connectionString: database.url });
    history = await History.begin({ query });
    await pool.query(A_RUN_WITH_A_TASK);
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  /** What is broken after these statements, one transaction each. */
  async function stepsAfter(...statements: readonly string[]): Promise<[string[], string[]]> {
    const mark = await history.mark();
    for (const statement of statements) await pool.query(statement);
    const { brokenOwner, brokenStatus } = await history.steps(RUN, mark);
    return [[...brokenOwner], [...brokenStatus]];
  }

  it('is nothing bad of a task that goes its way', async () => {
    expect(await stepsAfter(CLAIM, START, FINISH)).toEqual([[], []]);
    expect(await history.status(RUN)).toBe('finished:completed');
  });

  it('is when a run ended, by the clock that the bench has, too', async () => {
    expect(await history.endedAt(RUN)).toBe(Infinity);
    await stepsAfter(CLAIM, START, FINISH);
    const age = Date.now() - (await history.endedAt(RUN));
    expect(age).toBeGreaterThanOrEqual(-1);
    expect(age).toBeLessThan(60_000);
  });

  it('is nothing bad of a claim that has lapsed', async () => {
    const lapse = `update task set active_until = now() - interval '1 s'`;
    const again = CLAIM.replace('x01', 'x02');
    expect(await stepsAfter(CLAIM, lapse, again)).toEqual([[], []]);
  });

  it.each<[string, string[], string[]]>([
    ['a second token', [CLAIM, CLAIM.replace('x01', 'x02')], ['got a second token']],
    [
      'another token while it runs',
      [CLAIM, START, CLAIM.replace('x01', 'x02')],
      ['that runs got another token'],
    ],
  ])('is that a task had two owners: %s', async (_, statements, expected) => {
    const [owner] = await stepsAfter(...statements);
    expect(owner).toEqual(expected.map((text) => expect.stringContaining(text) as string));
  });

  it.each([
    ['a task that ended twice', [FINISH, FINISH.replace('completed', 'failed')]],
    ['a task that runs after its end', [FINISH, START]],
    ['a task that was started again', [CLAIM, START, START]],
    ['a claim that was taken back', [CLAIM, 'update task set starting_at = null']],
    [
      'a node that came back',
      ['update node set unregistered_at = now()', 'update node set unregistered_at = null'],
    ],
    [
      'a node that is online after it was taken off',
      [
        'update node set unregistered_at = now()',
        `update node set online_until = now() + interval '1 minute'`,
      ],
    ],
  ])('is that a status went back: %s', async (_, statements) => {
    const [, status] = await stepsAfter(...statements);
    expect(status).toHaveLength(1);
  });

  it('is what was logged after the end', async () => {
    await stepsAfter(CLAIM, START, FINISH);
    await query(
      `insert into task_log select 8, extract(epoch from finished_at) + off, text from task,
         (values (-1, 'in time'), (0.1, 'late '), (0.2, 'and later')) as line (off, text)`,
    );
    expect(await history.lateLog(RUN)).toBe('late and later');
  });

  const store = async (bytes: Buffer, size = bytes.length, isAvailable = true): Promise<void> => {
    await query(
      `insert into object (object_id, children, available, size) values ($1, '{}', $2, $3)`,
      [ID, isAvailable, size],
    );
    await query('insert into object_segment values ($1, 0, $2)', [ID, bytes]);
  };
  const need = (): Promise<unknown> => query('insert into run_object values (7, $1)', [ID]);

  it('is that objects are whole', async () => {
    await store(CONTENT);
    await need();
    expect(await history.brokenObjects()).toEqual([]);
    expect(await history.leftovers()).toEqual({ object: 1, object_segment: 1, run_object: 1 });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['has another SHA-256', () => store(Buffer.from('altered'))],
    ['has another length', () => store(CONTENT, 3)],
    ['is not available', () => store(CONTENT, CONTENT.length, false)],
    [
      'has no content',
      () =>
        query(`insert into object (object_id, children, available) values ($1, '{}', true)`, [ID]),
    ],
  ])('is that an object %s', async (reason, plant) => {
    await plant();
    await need();
    expect(await history.brokenObjects()).toEqual([expect.stringContaining(reason)]);
  });

  it('is that an object is forgotten', async () => {
    await store(CONTENT);
    expect(await history.brokenObjects()).toEqual([expect.stringContaining('nobody needs it')]);
    await query('insert into object_garbage (object_id) values ($1)', [ID]);
    expect(await history.brokenObjects()).toEqual([]);
  });
});
