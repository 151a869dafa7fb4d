import { createHash, randomBytes } from 'node:crypto';

import { Client } from 'pg';

import { ControlService } from '../../src/generated/flwr/proto/control';
import { StartRunRequest } from '../../src/generated/flwr/proto/control_run';
import { FleetService, PullMessagesRequest } from '../../src/generated/flwr/proto/fleet';
import { useCluster } from '../support/cluster';
import { TINY_FAB, TINY_FAB_HASH } from '../support/fab';
import { NodeActor } from '../support/node-actor';
import { makeInstruction, makeReply } from '../support/objects';
import { outcomeOf } from '../support/rpc-clients';
import { startRun, SuperExecActor, TaskActor } from '../support/task-actor';
import { TRAFFIC_OF_RUN } from '../support/traffic';

const MIB = 2 ** 20;

function times<Result>(count: number, work: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

describe('calls at once through two replicas', () => {
  const cluster = useCluster();
  const int8 = (id: bigint): bigint => BigInt.asIntN(64, id);

  /** A node that was sent one message, and the app that sent it. */
  async function exchange() {
    const node = await NodeActor.online(cluster.clients);
    const app = await TaskActor.running(cluster.clients);
    const instruction = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    await app.send(instruction);
    return { node, app, instruction };
  }

  it('gives a task to one of 24 claims', async () => {
    const runId = await startRun(cluster.clients);
    const superExec = new SuperExecActor(cluster.clients);
    const task = (await superExec.pending()).find((each) => each.runId === runId)!;
    const tokens = await times(24, () => superExec.claim(task.taskId));
    const [token, ...others] = tokens.filter((each) => each !== undefined);
    expect(token).toMatch(/^[0-9a-f]{256}$/);
    expect(others).toEqual([]);
    const [row] = await cluster.query(
      `select token_hash, starting_at is not null as is_starting from task where task_id = $1`,
      [int8(task.taskId)],
    );
    const tokenHash = createHash('sha256').update(token!).digest();
    expect(row).toEqual({ token_hash: tokenHash, is_starting: true });
  });

  it('hands a message to one of 20 pulls and counts it once', async () => {
    const { node, app, instruction } = await exchange();
    const ids = await times(20, () => node.pullId());
    expect(ids.filter((id) => id !== undefined)).toEqual([instruction.id]);
    const request = PullMessagesRequest.fromPartial({ node: node.requests.node });
    const requestBytes = FleetService.pullMessages.requestSerialize(request).length;
    const counted = `select i.hand_outs, traffic.bytes_recv,
        traffic.bytes_sent = i.answer_bytes as is_sent_once
      from instruction i, ${TRAFFIC_OF_RUN} where i.run_id = $1`;
    const [row] = await cluster.query(counted, [int8(app.runId)]);
    expect(row).toEqual({ hand_outs: 1, bytes_recv: requestBytes, is_sent_once: true });
  });

  it('passes by a message that another transaction has in hand, and gives the next one', async () => {
    const { node, app, instruction } = await exchange();
    const second = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    await app.send(second);
    const other = new Client({ connectionString: cluster.database.url });
    await other.connect();
    const oldest = `select message_id from instruction where run_id = $1
      order by created_at, message_id limit 1 for update`;
    await other.query('begin');
    const { rows } = await other.query<{ message_id: string }>(oldest, [int8(app.runId)]);
    const held = rows[0]!.message_id;
    expect(await node.pullId()).toBe([instruction.id, second.id].find((id) => id !== held));
    await other.query('rollback');
    await other.end();
    expect(await node.pullId()).toBe(held);
  });

  it('creates no task in a run that ends while CreateTask waits for it', async () => {
    const app = await TaskActor.running(cluster.clients);
    const values = [int8(app.runId)];
    const end = new Client({ connectionString: cluster.database.url });
    await end.connect();
    try {
      await end.query('begin');
      await end.query('select from run where run_id = $1 for update', values);
      const model = outcomeOf(app.createModel());
      const waiting = `select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%insert into task %'`;
      await vi.waitFor(async () => expect(await cluster.count(waiting)).toBe(1), 10_000);
      await end.query('update task set finished_at = now() where run_id = $1', values);
      await end.query('commit');
      expect(await model).toContain('3006');
    } finally {
      await end.end();
    }
    expect(await cluster.count('select count(*) from task where run_id = $1', values)).toBe(1);
  });

  it('makes 100 runs of 100 StartRuns', async () => {
    const before = await cluster.count('select count(*) from run');
    const runIds = await times(100, () => startRun(cluster.clients));
    expect(new Set(runIds).size).toBe(100);
    expect(await cluster.count('select count(*) from run')).toBe(before + 100);
    const [row] = await cluster.query(
      `select count(distinct r.series_id)::int as series, count(distinct t.task_id)::int as tasks,
              count(*)::int as rows, bool_and(t.type = 'flwr-serverapp') as are_server_apps
         from run r join task t using (run_id) where r.run_id = any($1)`,
      [runIds.map(int8)],
    );
    expect(row).toEqual({ series: 100, tasks: 100, rows: 100, are_server_apps: true });
    const fabs = 'select count(*) from fab where fab_hash = $1';
    expect(await cluster.count(fabs, [TINY_FAB_HASH])).toBe(1);
  });

  it('lets 20 runs join one series, each in a place of its own', async () => {
    const first = StartRunRequest.fromPartial({ fab: { content: TINY_FAB } });
    const { seriesId } = await cluster.clients.call(ControlService.startRun, first);
    const runs = await times(20, () =>
      cluster.clients.call(ControlService.startRun, { ...first, seriesId }),
    );
    expect(new Set(runs.map((run) => run.seriesId))).toEqual(new Set([seriesId]));
    const joined = 'select count(distinct series_position) from run where series_id = $1';
    expect(await cluster.count(joined, [int8(seriesId!)])).toBe(21);
  });

  it('takes one of 20 different replies to a message', async () => {
    const { node, app, instruction } = await exchange();
    const replies = Array.from({ length: 20 }, () => makeReply(instruction.message));
    const answers = await times(20, (index) => node.push(replies[index]!, 1));
    const [taken, ...others] = answers
      .map((answer, index) => ({ ...answer, reply: replies[index]! }))
      .filter(({ objectsToPush }) => objectsToPush.length > 0);
    expect(others).toEqual([]);
    await times(taken!.objectsToPush.length, (index) => {
      const id = taken!.objectsToPush[index]!;
      return node.pushObject(app.runId, id, taken!.reply.objects.get(id)!, taken!.sessionId);
    });
    const { messagesList } = await app.receive(instruction.id);
    expect(messagesList).toEqual([taken!.reply.message]);
    const runtime = `select clientapp_runtime from ${TRAFFIC_OF_RUN}`;
    expect(await cluster.count(runtime, [int8(app.runId)])).toBe(1);
  });

  it('takes one reply that comes 20 times once', async () => {
    const { node, app, instruction } = await exchange();
    const reply = makeReply(instruction.message);
    const answers = await times(20, () => node.push(reply, 1));
    const asked = new Set(answers.flatMap(({ objectsToPush }) => objectsToPush));
    expect(asked).toEqual(new Set(reply.objects.keys()));
    const rows = 'select count(*) from reply where run_id = $1';
    expect(await cluster.count(rows, [int8(app.runId)])).toBe(1);
    const runtime = `select clientapp_runtime from ${TRAFFIC_OF_RUN}`;
    expect(await cluster.count(runtime, [int8(app.runId)])).toBe(1);
    await node.send(reply);
    expect((await app.pull(instruction.id)).messagesList).toEqual([reply.message]);
  });

  it('makes one node of a key that registers 20 times', async () => {
    const node = new NodeActor(cluster.clients);
    const ids = await times(20, () => node.register());
    expect(new Set(ids).size).toBe(1);
    const rows = await cluster.query('select node_id::text as id from node where public_key = $1', [
      node.publicKey,
    ]);
    expect(rows).toEqual([{ id: String(int8(ids[0]!)) }]);
    expect(new Set(await times(20, () => node.activate()))).toEqual(new Set([ids[0]]));
  });

  it('lets the CLI register a key once of 20 times', async () => {
    const { publicKey } = new NodeActor(cluster.clients);
    const outcomes = await times(20, () =>
      outcomeOf(cluster.clients.call(ControlService.registerNode, { publicKey })),
    );
    expect(outcomes.filter((outcome) => outcome === 'OK')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(['OK', 'FAILED_PRECONDITION 23']));
    const rows = 'select count(*) from node where public_key = $1';
    expect(await cluster.count(rows, [publicKey])).toBe(1);
  });

  it('stores an object once that eight nodes push, and completes all their replies', async () => {
    const nodes = await times(8, () => NodeActor.online(cluster.clients));
    const app = await TaskActor.running(cluster.clients);
    const sent = nodes.map(({ nodeId }) =>
      makeInstruction({ runId: app.runId, dstNodeId: nodeId }),
    );
    await app.send(...sent);
    const payload = randomBytes(6 * MIB);
    const replies = sent.map(({ message }) => makeReply(message, { payload }));
    await times(8, (index) => nodes[index]!.send(replies[index]!));
    const pulled = await app.pull(...sent.map(({ id }) => id));
    expect(new Set(pulled.messageObjectTrees.map(({ objectId }) => objectId))).toEqual(
      new Set(replies.map(({ id }) => id)),
    );
    for (const [id, content] of replies[0]!.objects) {
      const { objectContent } = await app.pullObject(id);
      expect(objectContent.equals(content)).toBe(true);
    }
    const segments = `select count(*) from object_segment s join object o using (object_id)
      where o.size > $1`;
    expect(await cluster.count(segments, [6 * MIB])).toBe(2);
    const sessions = 'select count(*) from push_session where run_id = $1 and pending > 0';
    expect(await cluster.count(sessions, [int8(app.runId)])).toBe(0);
  });

  it('ends a run once when it is stopped in the moment of its end', async () => {
    const endings = await times(10, async () => {
      const app = await TaskActor.running(cluster.clients);
      const [output, stop] = await Promise.all([
        outcomeOf(app.output()),
        cluster.clients.call(ControlService.stopRun, { runId: app.runId }).then(
          ({ success }) => success,
          () => false,
        ),
      ]);
      const [row] = await cluster.query<{ sub_status: string }>(
        'select sub_status from task where run_id = $1',
        [int8(app.runId)],
      );
      return { output, stop, status: row!.sub_status };
    });
    for (const { status, ...answers } of endings) {
      expect(answers).toEqual(
        status === 'stopped'
          ? { output: 'UNAUTHENTICATED', stop: true }
          : { output: 'OK', stop: false },
      );
    }
  });
});
