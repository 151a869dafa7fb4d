import { setTimeout as pause } from 'node:timers/promises';

import { Client } from 'pg';

import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../../support/cluster';
import {
  type Addresses,
  killReplicas,
  startReplicas,
  type TestReplica,
} from '../../support/replicas';
import { outcomeOf } from '../../support/rpc-clients';
import { TaskActor } from '../../support/task-actor';
import { TcpGate } from '../../support/tcp-gate';
import { connectTo, portOf } from '../../support/wire';

/** The pause of stock programs between two batches, and the least by which one has to be late to be overtaken. */
const BATCHES_APART_MILLISECONDS = 200;

/** A line to a replica's API for tasks that can be cut, and the replica's addresses by that line. */
async function lineTo({ addresses }: TestReplica): Promise<{ line: TcpGate; cuttable: Addresses }> {
  const port = portOf(ServerAppIoService.pushLogs);
  const line = await TcpGate.before(Number(addresses[port].split(':')[1]));
  return { line, cuttable: { ...addresses, [port]: `127.0.0.1:${line.port}` } };
}

describe('a batch of log lines', () => {
  const cluster = useCluster();
  let task: TaskActor;

  beforeEach(async () => {
    task = await TaskActor.running(cluster.clients);
  });

  const idOf = ({ taskId }: TaskActor): bigint => BigInt.asIntN(64, taskId);
  const kept = async (line: string): Promise<number> =>
    cluster.count('select count(*) from task_log where task_id = $1 and log = $2', [
      idOf(task),
      line,
    ]);
  const logOf = async (actor: TaskActor): Promise<string[]> => {
    const text = 'select log from task_log where task_id = $1 order by logged_at';
    const rows = await cluster.query<{ log: string }>(text, [idOf(actor)]);
    return rows.map(({ log }) => log);
  };
  /** Resolves when it is known that the answer to the last batch has arrived. */
  const untilConfirmed = async (actor: TaskActor): Promise<void> => {
    const text = 'select count(last_log_digest) from task where task_id = $1';
    const look = async (): Promise<number> => cluster.count(text, [idOf(actor)]);
    await expect.poll(look, { timeout: 10_000 }).toBe(0);
  };
  const by = (replica: number): TaskActor => task.through(cluster.connect([replica]));

  it('is a new one when the answer to an equal one has arrived, whichever replica it comes to', async () => {
    for (const replica of [0, 1, 0]) {
      await by(replica).logs('tick\n');
      await untilConfirmed(task);
    }
    expect(await kept('tick\n')).toBe(3);
  });

  it('is a new one when the connection that brings it has the answer to an equal one', async () => {
    const one = by(0);
    for (let count = 0; count < 5; count += 1) await one.logs('tick\n');
    expect(await kept('tick\n')).toBe(5);
  });

  it('is kept once when its client hung up before the answer, however late it comes again', async () => {
    const session = new Client({ connectionString: cluster.database.url });
    await session.connect();
    let later: TaskActor;
    try {
      await session.query('begin');
      await session.query('select from task where task_id = $1 for update', [idOf(task)]);
      const { line, cuttable } = await lineTo(cluster.replicas[0]!);
      const clients = connectTo([cuttable]);
      const hungUp = task.through(clients).logs('tick\n');
      hungUp.catch(() => undefined); // nobody waits for it
      const waits = `select count(*) from pg_stat_activity
        where wait_event_type = 'Lock' and query like '%task_log%' and datname = current_database()`;
      await expect.poll(async () => cluster.count(waits), { timeout: 10_000 }).toBe(1);
      await line.close();
      clients.close();
      later = await TaskActor.running(cluster.connect([0])); // which is served after the end of the line was seen
      await session.query('commit');
    } finally {
      await session.end();
    }
    await expect.poll(async () => kept('tick\n'), { timeout: 10_000 }).toBe(1);
    await later.logs('tick\n');
    await untilConfirmed(later); // by then it would know of the first one, too
    await by(1).logs('tick\n');
    expect(await kept('tick\n')).toBe(1);
  });

  it('is kept once when it reaches the database only after the next one, by another replica', async () => {
    const url = new URL(cluster.database.url);
    const way = await TcpGate.before(Number(url.port));
    url.port = String(way.port);
    const [cutOff] = await startReplicas(1, url.href);
    try {
      const clients = connectTo([cutOff!.addresses]);
      const there = task.through(clients);
      await there.logs('before\n');
      way.shut();
      const late = outcomeOf(there.logs('first\n'));
      await fetch(`http://${cutOff!.addresses.http}/health/live`); // answered when the statement has been sent
      await by(0).logs('first\n');
      await by(0).logs('second\n');
      await pause(BATCHES_APART_MILLISECONDS);
      way.open();
      expect(await late).toBe('UNAVAILABLE');
      await there.logs('third\n');
      clients.close();
    } finally {
      await killReplicas([cutOff!]);
      await way.close();
    }
    expect(await logOf(task)).toEqual(['before\n', 'first\n', 'second\n', 'third\n']);
  });

  it('is kept once when a replica reads it only after the next one, by another replica, for it was stopped', async () => {
    const [stopped] = cluster.replicas;
    const { line, cuttable } = await lineTo(stopped!);
    const clients = connectTo([cuttable]);
    const there = task.through(clients);
    await there.logs('before\n');
    stopped!.pause();
    try {
      const unread = there.logs('first\n');
      unread.catch(() => undefined); // nobody waits for it
      await line.untilPassed('first\n');
      await line.close();
      clients.close();
      await by(1).logs('first\n');
      await by(1).logs('second\n');
    } finally {
      stopped!.resume();
    }
    await TaskActor.running(cluster.connect([0])); // which is served after what was read before it
    expect(await logOf(task)).toEqual(['before\n', 'first\n', 'second\n']);
  });
});
