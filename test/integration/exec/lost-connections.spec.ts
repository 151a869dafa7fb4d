import { Client } from 'pg';

import { ControlService } from '../../../src/generated/flwr/proto/control';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { RpcError } from '../../support/rpc-clients';
import { answerOf, collect, startRun } from './control-calls';
import { type ControlReplica, startControlReplica } from './control-replica.fixture';
import { countRows, tallyRequest, writeLog } from './control-rows';

const T0 = 1_795_000_000;
/** Connections that were cut have to be made again. */
const SOON = { timeout: 10_000 };

describe('while connections to the database are lost', () => {
  let database: TestDatabase;
  let replica: ControlReplica;
  let writer: ControlReplica;
  let admin: Client;

  beforeAll(async () => {
    database = await createDatabase();
    replica = await startControlReplica(database.url);
    writer = await startControlReplica(database.url);
    admin = new Client({ connectionString: database.url, application_name: 'test admin' });
    await admin.connect();
  });

  afterAll(async () => {
    await admin.end();
    await Promise.all([replica.close(), writer.close()]);
    await database.drop();
  });

  /** Cuts every connection of both replicas, the listening ones too. */
  const cut = () =>
    admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
    );

  const cutUntil = async (over: AbortSignal): Promise<number> => {
    let count = 0;
    for (; !over.aborted; count += 1) await cut();
    return count;
  };

  it('StartRun makes exactly one run a call all the same', async () => {
    const before = (await countRows(replica.database))!;
    const over = new AbortController();
    const cuts = cutUntil(over.signal);
    const calls = Array.from({ length: 40 }, () => startRun(replica, tallyRequest()));
    // the cuts end with the first half, else no call could ever end
    await Promise.race([Promise.allSettled(calls.slice(0, 20)), sleep(3_000)]);
    over.abort();
    expect(await cuts).toBeGreaterThan(5);
    const runIds = (await Promise.all(calls)).map((answer) => answer.runId);
    expect(new Set(runIds).size).toBe(40);
    await expect
      .poll(() => countRows(replica.database).catch(() => undefined), SOON)
      .toMatchObject({ runs: before.runs + 40, tasks: before.tasks + 40 });
  });

  it('a followed log goes on without gap or doubled line', async () => {
    const { runId } = await startRun(replica, tallyRequest());
    const request = { runId: runId!, afterTimestamp: 0 };
    const stream = replica.clients.stream(ControlService.streamLogs, request);
    const told = collect(stream);
    await stream.opened;
    const lines = Array.from({ length: 20 }, (_, line) => `line ${line}\n`);
    for (const [index, line] of lines.entries()) {
      if (index % 5 === 2) await cut();
      await expect
        .poll(() => wasWritten(writeLog(writer.database, runId!, T0 + index, line)), SOON)
        .toBe(true);
    }
    await expect
      .poll(() => wasWritten(answerOf(writer, (client) => client.stopRun, { runId: runId! })), SOON)
      .toBe(true);
    expect((await told).map((answer) => answer.logOutput).join('')).toBe(lines.join(''));
  });
});

/** True also for what an attempt before wrote although its answer was lost. */
async function wasWritten(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => true,
    (error: unknown) =>
      error instanceof RpcError ? error.number === 18 : String(error).includes('duplicate key'),
  );
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
