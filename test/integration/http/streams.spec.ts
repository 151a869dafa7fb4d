import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

import { Client } from 'pg';

import { ControlService } from '../../../src/generated/flwr/proto/control';
import {
  StreamLogsRequest,
  StreamLogsResponse,
} from '../../../src/generated/flwr/proto/control_run';
import { HttpClients } from '../../support/http-client';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { answerOf, collect, refusalOf, startRun } from '../exec/control-calls';
import { type ControlReplica, startControlReplica } from '../exec/control-replica.fixture';
import { tallyRequest, writeLog } from '../exec/control-rows';
import { HttpConnection } from './raw-http';

const T0 = 1_795_000_000.123457;
const IDLE_MILLISECONDS = 15_000;

function frameOf(answer: Partial<StreamLogsResponse>): Buffer {
  const message = StreamLogsResponse.encode(StreamLogsResponse.fromPartial(answer)).finish();
  const head = Buffer.alloc(4);
  head.writeUInt32BE(message.length);
  return Buffer.concat([head, message]);
}

describe('streams over HTTP', () => {
  let database: TestDatabase;
  let replica: ControlReplica;
  let connection: HttpConnection;
  let runId: bigint;

  beforeAll(async () => {
    database = await createDatabase();
    replica = await startControlReplica(database.url);
    connection = new HttpConnection(replica.addresses.http);
  });
  afterAll(async () => {
    connection.close();
    await replica.close();
    await database.drop();
  });
  beforeEach(async () => {
    runId = (await startRun(replica, tallyRequest())).runId!;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const stop = () => answerOf(replica, (client) => client.stopRun, { runId });
  const request = (afterTimestamp = 0) => ({
    body: [Buffer.from(StreamLogsRequest.encode({ runId, afterTimestamp }).finish())],
  });
  const open = (afterTimestamp = 0): Promise<IncomingMessage> =>
    connection.open('/v1/control/stream-logs', request(afterTimestamp));
  const nextChunk = async (response: IncomingMessage): Promise<string> => {
    const [chunk] = (await once(response, 'data')) as [Buffer];
    return chunk.toString('hex');
  };

  it('are frames back to back, and nothing else', async () => {
    await writeLog(replica.database, runId, T0, 'hello\n');
    await stop();
    const { status, headers, body } = await connection.ask('/v1/control/stream-logs', request());
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/flower-protobuf-stream',
      'transfer-encoding': 'chunked',
    });
    expect(body).toEqual(frameOf({ logOutput: 'hello\n', latestTimestamp: T0 }));
  });

  it('are empty where there is nothing to tell', async () => {
    await stop();
    const { status, body } = await connection.ask('/v1/control/stream-logs', request());
    expect([status, body.length]).toEqual([200, 0]);
  });

  it('are refused in JSON before they begin', async () => {
    runId = 1n;
    const { status, json } = await connection.ask('/v1/control/stream-logs', request());
    expect([status, json]).toEqual([404, { code: 16, detail: 'Run ID not found' }]);
  });

  it('leave their connection to the next call', async () => {
    await stop();
    const other = new HttpConnection(replica.addresses.http);
    await other.ask('/v1/control/stream-logs', request());
    await other.ask('/v1/control/stream-logs', request());
    expect(other.opened).toBe(1);
    other.close();
  });

  it('say where they are when they have had nothing to say for 15 s, an empty message if nowhere', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const response = await open();
    vi.advanceTimersByTime(IDLE_MILLISECONDS - 1);
    const first = nextChunk(response);
    vi.advanceTimersByTime(1);
    expect(await first).toBe('00000000');

    const line = nextChunk(response);
    await writeLog(replica.database, runId, T0, 'hello\n');
    const told = frameOf({ logOutput: 'hello\n', latestTimestamp: T0 });
    expect(await line).toBe(told.toString('hex'));

    const second = nextChunk(response);
    vi.advanceTimersByTime(IDLE_MILLISECONDS);
    expect(await second).toBe(frameOf({ latestTimestamp: T0 }).toString('hex'));
    response.destroy();
  });

  it('begin their silence where their reader left off', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const response = await open(T0);
    const first = nextChunk(response);
    vi.advanceTimersByTime(IDLE_MILLISECONDS);
    expect(await first).toBe(frameOf({ latestTimestamp: T0 }).toString('hex'));
    response.destroy();
  });

  it('are cut where they fail, for there is no other way to tell', async () => {
    const clients = new HttpClients([{ fleet: '', serverAppIo: '', ...replica.addresses }]);
    const stream = clients.stream(ControlService.streamLogs, { runId, afterTimestamp: 0 });
    await stream.opened;
    const told = refusalOf(collect(stream));
    const admin = new Client({ connectionString: database.url });
    await admin.connect();
    await admin.query('alter table task_log rename to lost');
    expect(await told).toBe('UNAVAILABLE');
    await admin.query('alter table lost rename to task_log');
    await admin.end();
    clients.close();
  });

  it('go on while their replica drains, for their readers resume nowhere', async () => {
    const draining = await startControlReplica(database.url);
    const clients = new HttpClients([{ fleet: '', serverAppIo: '', ...draining.addresses }]);
    const stream = clients.stream(ControlService.streamLogs, { runId, afterTimestamp: 0 });
    await stream.opened;
    const told = collect(stream);
    draining.wakeups.close();
    await writeLog(replica.database, runId, T0, 'after\n');
    await stop();
    expect((await told).map(({ logOutput }) => logOutput)).toEqual(['after\n']);
    clients.close();
    await draining.close();
  });
});
