import { Pool } from 'pg';

import { ControlService } from '../../../src/generated/flwr/proto/control';
import { METRICS_FLAGS, metricsUrlOf, scrape } from '../../support/metrics';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { killReplicas, startReplicas, type TestReplica } from '../../support/replicas';
import { connectTo } from '../../support/wire';

const LINES = 1_200;
/** Nodes are not looked at in the first minute. */
const TURN = { timeout: 120_000, interval: 200 };
const DAYS = ['--log-retention-days', '10', '--node-retention-days', '10'];
const FOR_EVER = ['--log-retention-days', '0', '--node-retention-days', '0'];

/** Run `$1` of a task of type `$2` and a model, both of which ended `$3` days ago, with records of both. */
const ENDED_RUN = `
with fabs as (insert into fab (fab_hash, content) values ('f', '') on conflict do nothing),
series as (insert into run_series (series_id, federation_id, context) values ($1, '@none/default', '')),
run as (
  insert into run (run_id, series_id, fab_id, fab_version, fab_hash, override_config, federation_id,
    primary_task_id, flwr_aid, cleaned_at)
  values ($1, $1, 'a/b', '1', 'f', '', '@none/default', 10 * $1, '<id:none>', now() - $3 * interval '1 day')),
tasks as (
  insert into task (task_id, type, run_id, token_hash, starting_at, running_at, finished_at, sub_status)
  select 10 * $1 + i, (array[$2, 'flwr-model'])[i + 1], $1, decode(md5($1 || ':' || i), 'hex'), now(), now(),
    now() - $3 * interval '1 day', 'completed'
  from generate_series(0, 1) i returning task_id),
logs as (insert into task_log select task_id, i, 'x' from tasks, generate_series(1, $4) i),
usage as (insert into task_usage (run_id, task_id, usage) select $1, task_id, '' from tasks)
insert into task_event (run_id, task_id, event, data) select $1, task_id, 'said', '{}' from tasks`;

const RECORDS = `
select r.run_id::int as run, t.task_id::int % 10 as task, t.token_hash is not null as has_token,
  (select count(*)::int from task_log l where l.task_id = t.task_id) as logs,
  (select count(*)::int from task_event e where e.task_id = t.task_id) as events,
  (select count(*)::int from task_usage u where u.task_id = t.task_id) as usage
from run r join task t using (run_id) order by t.task_id`;

/** Nodes as they are `$1` days after they were last seen. */
const GONE_NODES = `
insert into node (node_id, public_key, owner_aid, owner_name, self_registered, heartbeat_interval, registered_at,
  online_until, unregistered_at)
select 1000 * $1 + 100 * own::int + kind, decode(md5($1 || ':' || own || kind), 'hex'), '<id:none>', 'none', own, 30,
  now() - $1 * interval '1 day',
  case when kind in (1, 2) then now() - $1 * interval '1 day' end,
  case when kind = 2 then now() - $1 * interval '1 day' end
from (values (true), (false)) o(own), generate_series(1, 3) kind`;

describe('what is kept for some time', () => {
  let database: TestDatabase;
  let admin: Pool;
  const replicas: TestReplica[] = [];
  const rows = async (text: string): Promise<object[]> => (await admin.query<object>(text)).rows;

  const start = async (flags: readonly string[]): Promise<TestReplica> => {
    const [replica] = await startReplicas(1, database.url, [...METRICS_FLAGS, ...flags]);
    replicas.push(replica!);
    return replica!;
  };
  const jobsOf = async (replica: TestReplica): Promise<Set<string>> =>
    (await scrape(metricsUrlOf(replica))).labels('job');

  beforeAll(async () => {
    database = await createDatabase();
    admin = new Pool({ connectionString: database.url, max: 1 });
    await admin.query(ENDED_RUN, [1, 'flwr-serverapp', 11, LINES]);
    await admin.query(ENDED_RUN, [2, 'flwr-serverapp', 9, 1]);
    await admin.query(ENDED_RUN, [3, 'flwr-agentapp', 11, 1]);
    await admin.query(ENDED_RUN, [4, 'flwr-serverapp', 0.9, 1]);
    for (const days of [9, 11]) await admin.query(GONE_NODES, [days]);
    await admin.query(`insert into node (node_id, public_key, owner_aid, owner_name, self_registered,
        heartbeat_interval, registered_at, online_until)
      values (1, 'online', '<id:none>', 'none', true, 30, now() - interval '1 year', now() + interval '1 hour')`);
  });
  afterAll(async () => {
    await killReplicas(replicas);
    await admin.end();
    await database.drop();
  });

  it('is records and nodes, each as long as its setting says; runs stay, as do nodes of accounts', async () => {
    const clients = connectTo([(await start(DAYS)).addresses]);
    const dropped =
      'select run_id::int as run from run where records_dropped_at is not null order by 1';
    const nodes = 'select node_id::int as id from node order by 1';
    await vi.waitFor(async () => {
      expect(await rows(dropped)).toEqual([{ run: 1 }, { run: 3 }]);
      expect(await rows(nodes)).toHaveLength(10);
      expect(await rows('select from task where token_hash is not null')).toHaveLength(2);
    }, TURN);
    const kept = { logs: 1, events: 1, usage: 1 };
    const gone = { logs: 0, events: 0, usage: 0 };
    expect(await rows(RECORDS)).toEqual([
      { run: 1, task: 0, has_token: false, ...gone },
      { run: 1, task: 1, has_token: false, ...gone },
      { run: 2, task: 0, has_token: false, ...kept },
      { run: 2, task: 1, has_token: false, ...kept },
      // what an agent said is what its series remembers
      { run: 3, task: 0, has_token: false, ...gone, events: 1 },
      { run: 3, task: 1, has_token: false, ...gone },
      { run: 4, task: 0, has_token: true, ...kept },
      { run: 4, task: 1, has_token: true, ...kept },
    ]);
    const ids = [1, 9001, 9002, 9003, 9101, 9102, 9103, 11001, 11002, 11003];
    expect(await rows(nodes)).toEqual(ids.map((id) => ({ id })));
    const all = { runId: undefined, limit: undefined, skip: undefined, federation: '' };
    const { runDict } = await clients.call(ControlService.listRuns, all);
    expect(new Set(runDict.keys())).toEqual(new Set([1n, 2n, 3n, 4n]));
    clients.close();
  });

  it('is kept for ever if the setting is 0', async () => {
    const jobs = await jobsOf(await start(FOR_EVER));
    expect(jobs).toContain('task tokens');
    for (const job of ['old records', 'old nodes']) {
      expect(jobs).not.toContain(job);
      expect(await jobsOf(replicas[0]!)).toContain(job);
    }
  });
});
