import { ChannelCredentials, type ServiceError, status } from '@grpc/grpc-js';

import { ControlClient, ControlService } from '../../../src/generated/flwr/proto/control';
import type { StreamLogsResponse } from '../../../src/generated/flwr/proto/control_run';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { answerOf, collect, refusalOf, startRun } from './control-calls';
import { type ControlReplica, startControlReplica } from './control-replica.fixture';
import { tallyRequest, writeLog } from './control-rows';

const T0 = 1_795_000_000.123457;

describe('streams of a run over gRPC', () => {
  let database: TestDatabase;
  let replica: ControlReplica;
  let runId: bigint;

  beforeAll(async () => {
    database = await createDatabase();
    replica = await startControlReplica(database.url);
  });

  afterAll(async () => {
    await replica.close();
    await database.drop();
  });

  beforeEach(async () => {
    runId = (await startRun(replica, tallyRequest())).runId!;
  });

  const logs = ({ clients }: ControlReplica, afterTimestamp = 0) =>
    clients.stream(ControlService.streamLogs, { runId, afterTimestamp });

  it('end with the status that clients resume from when the replica drains', async () => {
    const draining = await startControlReplica(database.url);
    await writeLog(replica.database, runId, T0, 'before\n');
    const messages = logs(draining)[Symbol.asyncIterator]();
    const { value: first } = (await messages.next()) as { value: StreamLogsResponse };
    const ended = messages.next();
    draining.wakeups.close();
    expect(await refusalOf(ended)).toBe('DEADLINE_EXCEEDED');
    await draining.close();
    await writeLog(replica.database, runId, T0 + 1, 'after\n');
    await answerOf(replica, (client) => client.stopRun, { runId });
    expect(first.logOutput).toBe('before\n');
    const rest = await collect(logs(replica, first.latestTimestamp));
    expect(rest.map(({ logOutput }) => logOutput)).toEqual(['after\n']);
  });

  it('end by themselves at the client’s deadline', async () => {
    const { control } = replica.addresses;
    const client = new ControlClient(control, ChannelCredentials.createInsecure());
    const deadline = Date.now() + 300;
    const stream = client.streamLogs({ runId, afterTimestamp: 0 }, { deadline });
    const code = await new Promise((resolve) => {
      stream.on('data', () => undefined);
      stream.on('error', (error: ServiceError) => {
        resolve(error.code);
      });
    });
    expect(code).toBe(status.DEADLINE_EXCEEDED);
    await expect.poll(() => replica.wakeups.count()).toBe(0);
    client.close();
  });
});
