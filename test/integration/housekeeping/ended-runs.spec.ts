import { ControlService } from '../../../src/generated/flwr/proto/control';
import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import { makeInstruction } from '../../support/objects';
import { outcomeOf } from '../../support/rpc-clients';
import { TaskActor } from '../../support/task-actor';
import { deletionsOf, noteDeletions } from './deletions.fixture';

const CLEAN_UP = { timeout: 30_000, interval: 200 };
const ROWS_A_STEP = 500;
const MANY = 1_200;
const TABLES = [
  'instruction',
  'reply',
  'push_pending',
  'push_session',
  'run_object',
  'run_traffic',
];

const LEFT_OVERS = `
select (select count(*) from instruction where run_id = $1)
  + (select count(*) from reply where run_id = $1)
  + (select count(*) from push_session where run_id = $1)
  + (select count(*) from run_object where run_id = $1)
  + (select count(*) from run_traffic where run_id = $1 and node_id <> 1)
  + (select count(*) from run where run_id = $1 and cleaned_at is null)`;

/** As the calls of run `$1` leave it that ends in the middle of a round with many nodes. */
const GROW = [
  `insert into push_session select gen_random_uuid(), $1::bigint, 1, 1, '{}', now() + interval '1 hour'`,
  `insert into push_pending select session_id, 'many-' || i
    from push_session, generate_series(1, ${MANY}) i where run_id = $1::bigint`,
  `insert into instruction (message_id, run_id, dst_node_id, created_at, expires_at, group_id, message_type,
      message, object_tree, answer_bytes)
    select 'many-' || i, $1::bigint, i, 0, 'infinity', '', '', '', '', 1 from generate_series(1, ${MANY}) i`,
  `insert into reply (message_id, reply_to, run_id, src_node_id, created_at, expires_at, message, object_tree)
    select 'many-replies-' || i, 'many-' || i, $1::bigint, i, 0, 'infinity', '', '' from generate_series(1, ${MANY}) i`,
  `with made as (
      insert into object (object_id, children) select 'many-' || i, '{}' from generate_series(1, ${MANY}) i
      returning object_id)
    insert into run_object select $1::bigint, object_id from made`,
  // as a release before did
  `insert into run_traffic select $1::bigint, i + 1, 10, 1, 0.5 from generate_series(1, ${MANY}) i`,
];

describe('what ended runs leave', () => {
  const cluster = useCluster();
  const int8 = (id: bigint): bigint => BigInt.asIntN(64, id);

  it('goes in small transactions, however much it is, and the traffic is still told', async () => {
    await noteDeletions(cluster.query, TABLES);
    const app = await TaskActor.running(cluster.clients);
    const run = int8(app.runId);
    for (const text of GROW) await cluster.query(text, [run]);
    await app.output({ clientappRuntime: 1 });
    await vi.waitFor(async () => expect(await cluster.count(LEFT_OVERS, [run])).toBe(0), CLEAN_UP);
    const objects = `select count(*) from object where object_id like 'many-%'`;
    await vi.waitFor(async () => expect(await cluster.count(objects)).toBe(0), CLEAN_UP);

    const deletions = await deletionsOf(cluster.query);
    for (const table of TABLES) {
      expect(deletions[table], table).toMatchObject({
        total: table === 'push_session' ? 1 : MANY,
      });
      expect(deletions[table]!.most, table).toBeLessThanOrEqual(ROWS_A_STEP);
    }
    const { runDict } = await cluster.clients.call(ControlService.listRuns, {
      runId: app.runId,
      limit: undefined,
      skip: undefined,
      federation: '',
    });
    expect(runDict.get(app.runId)).toMatchObject({
      bytesSent: BigInt(10 * MANY),
      bytesRecv: BigInt(MANY),
      clientappRuntime: 1 + MANY / 2,
    });
  });

  it('is nothing of messages that were pushed in the moment of the end', async () => {
    const node = await NodeActor.online(cluster.clients);
    const runs = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const app = await TaskActor.running(cluster.clients);
        const pushes = Array.from({ length: 4 }, () =>
          outcomeOf(app.send(makeInstruction({ runId: app.runId, dstNodeId: node.nodeId }))),
        );
        await Promise.all([...pushes, app.output()]);
        return int8(app.runId);
      }),
    );
    await vi.waitFor(async () => {
      for (const run of runs) expect(await cluster.count(LEFT_OVERS, [run])).toBe(0);
      expect(await cluster.count('select count(*) from object')).toBe(0);
    }, CLEAN_UP);
  });

  it('is cleared away within seconds by another replica if one is killed in the middle of it', async () => {
    const [first, second] = cluster.replicas;
    const here = cluster.connect([0]);
    const [node, app] = [await NodeActor.online(here), await TaskActor.running(here)];
    await app.send(makeInstruction({ runId: app.runId, dstNodeId: node.nodeId }));
    second!.pause();
    await cluster.query(`
      create function hang() returns trigger language plpgsql as $$ begin
        perform pg_advisory_xact_lock(1);
        return null;
      end $$;
      create trigger hang after delete on instruction for each row execute function hang()`);
    const [holder] = await cluster.query<{ pid: number }>(
      'select pg_backend_pid() as pid, pg_advisory_lock(1)',
    );
    await app.output();
    const hanging = `select count(*) from pg_stat_activity
      where datname = current_database() and wait_event = 'advisory' and application_name = 'superlink' and query like '%instruction%'`;
    await vi.waitFor(async () => expect(await cluster.count(hanging)).toBe(1), CLEAN_UP);
    await first!.kill();
    const killed = performance.now();
    await cluster.query('select pg_terminate_backend($1)', [holder!.pid]).catch(() => undefined);
    second!.resume();
    await vi.waitFor(async () => {
      expect(await cluster.count(LEFT_OVERS, [int8(app.runId)])).toBe(0);
    }, CLEAN_UP);
    expect(performance.now() - killed).toBeLessThan(10_000);
  });
});
