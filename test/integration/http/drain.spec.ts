import { AcquireTaskRequest } from '../../../src/generated/flwr/proto/app_task';
import { StreamLogsRequest } from '../../../src/generated/flwr/proto/control_run';
import { useCluster } from '../../support/cluster';
import { startRun } from '../../support/task-actor';
import { HttpConnection } from './raw-http';

const DRAIN_SECONDS = 8;
/** Streams are cut so long before the end of the drain. */
const CUT_SECONDS = 3;
const SIMULATIONS = AcquireTaskRequest.fromPartial({ supportedTaskTypes: ['flwr-simulation'] });

describe('a replica that drains', () => {
  const flags = ['--drain-seconds', String(DRAIN_SECONDS), '--task-hold-seconds', '20'];
  const cluster = useCluster({ count: 1, flags });
  const opened: HttpConnection[] = [];

  afterAll(() => {
    for (const connection of opened) connection.close();
  });
  function connect(): HttpConnection {
    const connection = new HttpConnection(cluster.replicas[0]!.addresses.http);
    opened.push(connection);
    return connection;
  }

  it('answers what it holds, ends each connection with its answer, and cuts streams at the end', async () => {
    const [replica] = cluster.replicas;
    const runId = await startRun(cluster.clients);
    const request = Buffer.from(StreamLogsRequest.encode({ runId, afterTimestamp: 0 }).finish());
    const stream = await connect().open('/v1/control/stream-logs', { body: [request] });
    const cut = new Promise((done) => stream.on('error', done));
    stream.resume();
    const held = connect().open('/v1/runtime/acquire-task', {
      body: [Buffer.from(AcquireTaskRequest.encode(SIMULATIONS).finish())],
    });
    const [used, other] = [connect(), connect()];
    expect((await used.ask('/v1/control/list-runs')).headers.connection).toBe('keep-alive');
    expect((await other.ask('/v1/control/list-runs')).headers.connection).toBe('keep-alive');

    const began = performance.now();
    const ended = replica!.stop();
    const answer = await held;
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
    answer.resume();
    expect(await replica!.readiness()).toBe(404);
    expect(await used.ask('/v1/control/list-runs')).toMatchObject({
      status: 200,
      headers: { connection: 'close' },
    });
    expect(await other.ask('/v1/control/none')).toMatchObject({
      status: 404,
      headers: { connection: 'close' },
    });

    expect(await cut).toMatchObject({ code: 'ECONNRESET' });
    const seconds = (performance.now() - began) / 1000;
    expect(seconds).toBeGreaterThan(DRAIN_SECONDS - CUT_SECONDS - 1);
    expect(await ended).toBe(0);
    expect((performance.now() - began) / 1000).toBeLessThan(DRAIN_SECONDS);
  });
});
