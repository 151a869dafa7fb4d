import type { Client } from 'pg';

import type { Statement } from '../../../src/database/sql';
import { ControlService } from '../../../src/generated/flwr/proto/control';
import type { Run } from '../../../src/generated/flwr/proto/run';
import { ADD_TRAFFIC_OF_RUNS_UP, ADD_TRAFFIC_UP } from '../../../src/runs/run-traffic.sql';
import { FIND_RUN } from '../../../src/runs/runs.repository';
import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import { makeInstruction, makeReply } from '../../support/objects';
import { TaskActor } from '../../support/task-actor';
import { deletionsOf, noteDeletions } from './deletions.fixture';
import { besideTransactionOn, FEW_PAGES, holdSnapshot, pagesReadBy } from './snapshots.fixture';

const MANY = 2_400;
const ENTRIES_A_STEP = 1_000;
const EARLIER = 20_000;
const RESET = `update run_traffic_added_up set entered_until = '-infinity'`;
const LEFT_OF = 'select count(*) from run_traffic_entry where run_id = $1';
const ENTER_AT = `insert into run_traffic_entry (run_id, entered_at, bytes_sent)
  values ($1, clock_timestamp() - $2::interval, 1)`;
/** $2 entries of run $1, one a second up to two minutes ago. */
const ENTER_EARLIER = `
insert into run_traffic_entry (run_id, entered_at, bytes_sent)
select $1, now() - interval '2 minutes' - i * interval '1 second', 1 from generate_series(1, $2::int) i`;
const ADD_UP = { timeout: 30_000, interval: 200 };

describe('the traffic of a run', () => {
  const cluster = useCluster();

  async function shown(runId: bigint): Promise<Run> {
    const request = { runId, limit: undefined, skip: undefined, federation: '' };
    const { runDict } = await cluster.clients.call(ControlService.listRuns, request);
    return runDict.get(runId)!;
  }

  const besideTransaction = (play: (other: Client) => Promise<void>): Promise<void> =>
    besideTransactionOn(cluster.database.url, play);
  const pagesRead = (statement: Statement, ...values: string[]): Promise<number> =>
    pagesReadBy(cluster.query, statement, ...values);

  it('is added up in small transactions, and shown the same before and after', async () => {
    await noteDeletions(cluster.query, ['run_traffic_entry']);
    const runs = await Promise.all([1, 2].map(() => TaskActor.running(cluster.clients)));
    const ids = runs.map(({ runId }) => BigInt.asIntN(64, runId));
    const enter = `insert into run_traffic_entry select run_id, now(), 10, 1, 0.5
      from unnest($1::bigint[]) run_id, generate_series(1, $2::int)`;
    await cluster.query(enter, [ids, MANY / 2]);
    const sums = { bytesSent: BigInt(5 * MANY), bytesRecv: BigInt(MANY / 2) };
    const expected = { ...sums, clientappRuntime: MANY / 4 };
    for (const { runId } of runs) expect(await shown(runId)).toMatchObject(expected);

    const left = 'select count(*) from run_traffic_entry';
    await vi.waitFor(async () => expect(await cluster.count(left)).toBe(0), ADD_UP);
    for (const { runId } of runs) expect(await shown(runId)).toMatchObject(expected);
    const rows = 'select count(*) from run_traffic where run_id = any($1::bigint[])';
    expect(await cluster.count(rows, [ids])).toBe(runs.length);
    const { run_traffic_entry: deletions } = await deletionsOf(cluster.query);
    expect(deletions!.total).toBe(MANY);
    expect(deletions!.most).toBeLessThanOrEqual(ENTRIES_A_STEP);
  });

  it('costs no more to add up and to show while a snapshot holds what was added up before', async () => {
    const app = await TaskActor.running(cluster.clients);
    const run = BigInt.asIntN(64, app.runId);
    await besideTransaction(async (backup) => {
      await cluster.query(RESET);
      await cluster.query(ENTER_EARLIER, [run, EARLIER]);
      await holdSnapshot(backup);
      const left = 'select count(*) from run_traffic_entry';
      await vi.waitFor(async () => expect(await cluster.count(left)).toBe(0), ADD_UP);
      await cluster.query('insert into run_traffic_entry (run_id, bytes_sent) values ($1, 5)', [
        run,
      ]);
      expect(await pagesRead(FIND_RUN, String(run))).toBeLessThan(FEW_PAGES);
      expect((await shown(app.runId)).bytesSent).toBe(BigInt(EARLIER + 5));
      expect(await pagesRead(ADD_TRAFFIC_UP, '500')).toBeLessThan(FEW_PAGES);
      const ofRun = await pagesRead(ADD_TRAFFIC_OF_RUNS_UP, `'{${String(run)}}'::bigint[]`, '500');
      expect(ofRun).toBeLessThan(FEW_PAGES);
      expect((await shown(app.runId)).bytesSent).toBe(BigInt(EARLIER + 5));
    });
  });

  it('is shown and added up for a run that somebody had locked when what came later was', async () => {
    const runs = await Promise.all([1, 2].map(() => TaskActor.running(cluster.clients)));
    const [held, free] = runs.map(({ runId }) => BigInt.asIntN(64, runId));
    await cluster.query(RESET);
    await besideTransaction(async (other) => {
      await other.query('select from run where run_id = $1 for update', [held]);
      await cluster.query(ENTER_AT, [held, '20 minutes']);
      await cluster.query(ENTER_AT, [free, '10 minutes']);
      await vi.waitFor(async () => expect(await cluster.count(LEFT_OF, [free])).toBe(0), ADD_UP);
      expect((await shown(runs[0]!.runId)).bytesSent).toBe(1n);
    });
    await vi.waitFor(async () => expect(await cluster.count(LEFT_OF, [held])).toBe(0), ADD_UP);
    expect((await shown(runs[0]!.runId)).bytesSent).toBe(1n);
  });

  it('is shown and added up where a commit comes after that of what was entered later', async () => {
    const runs = await Promise.all([1, 2].map(() => TaskActor.running(cluster.clients)));
    const [late, prompt] = runs.map(({ runId }) => BigInt.asIntN(64, runId));
    await cluster.query(RESET);
    await besideTransaction(async (other) => {
      await other.query(ENTER_AT, [late, '40 seconds']);
      await cluster.query(ENTER_AT, [prompt, '1 second']);
      await vi.waitFor(async () => expect(await cluster.count(LEFT_OF, [prompt])).toBe(0), ADD_UP);
      await other.query('commit');
    });
    expect((await shown(runs[0]!.runId)).bytesSent).toBe(1n);
    await vi.waitFor(async () => expect(await cluster.count(LEFT_OF, [late])).toBe(0), ADD_UP);
    expect((await shown(runs[0]!.runId)).bytesSent).toBe(1n);
  });

  it('is shown and added up after the clock of PostgreSQL was set back', async () => {
    const app = await TaskActor.running(cluster.clients);
    const run = BigInt.asIntN(64, app.runId);
    await cluster.query(
      `update run_traffic_added_up set entered_until = now() + interval '1 hour'`,
    );
    await cluster.query(ENTER_AT, [run, '0 seconds']);
    expect((await shown(app.runId)).bytesSent).toBe(1n);
    await vi.waitFor(async () => expect(await cluster.count(LEFT_OF, [run])).toBe(0), ADD_UP);
    expect((await shown(app.runId)).bytesSent).toBe(1n);
  });

  it('is added up when the run ends, however long the commit took', async () => {
    const app = await TaskActor.running(cluster.clients);
    const run = BigInt.asIntN(64, app.runId);
    await cluster.query('update run_traffic_added_up set entered_until = now()');
    await cluster.query(ENTER_EARLIER, [run, 10]);
    await app.output();
    await vi.waitFor(async () => expect((await shown(app.runId)).bytesSent).toBe(10n), ADD_UP);
  });

  it('is counted without a row that all calls of a node have to change', async () => {
    const node = await NodeActor.online(cluster.clients);
    const app = await TaskActor.running(cluster.clients);
    await besideTransaction(async (other) => {
      await other.query('lock table run_traffic in exclusive mode');
      const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
      await app.send(sent);
      const { messagesList } = await node.receive();
      const reply = makeReply(messagesList[0]!);
      await node.send(reply);
      expect((await app.receive(sent.id)).messagesList).toEqual([reply.message]);
      await app.output({ clientappRuntime: 1 });
    });
    const { bytesSent, bytesRecv, clientappRuntime } = await shown(app.runId);
    expect(bytesSent).toBeGreaterThan(0n);
    expect(bytesRecv).toBeGreaterThan(0n);
    expect(clientappRuntime).toBe(1);
  });
});
