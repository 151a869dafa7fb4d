import { ControlService } from '../../../src/generated/flwr/proto/control';
import type {
  StreamLogsResponse,
  StreamRunEventsResponse,
} from '../../../src/generated/flwr/proto/control_run';
import { toInt8 } from '../../../src/wire/ids';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import type { Headers, MessageStream } from '../../support/rpc-clients';
import { answerOf, collect, headersOf, refusalOf, startRun } from './control-calls';
import { type ControlReplica, startControlReplica } from './control-replica.fixture';
import { tallyRequest, writeChildEvent, writeEvent, writeLog } from './control-rows';

const T0 = 1_795_000_000.123457;
const MICROSECOND = 1e-6;

describe('streams of a run', () => {
  let database: TestDatabase;
  let one: ControlReplica;
  let other: ControlReplica;
  let runId: bigint;

  beforeAll(async () => {
    database = await createDatabase();
    [one, other] = await Promise.all([
      startControlReplica(database.url),
      startControlReplica(database.url),
    ]);
  });

  afterAll(async () => {
    await Promise.all([one.close(), other.close()]);
    await database.drop();
  });

  beforeEach(async () => {
    runId = (await startRun(one, tallyRequest())).runId!;
  });

  const stop = () => answerOf(one, (client) => client.stopRun, { runId });
  const logs = (replica: ControlReplica, afterTimestamp = 0): MessageStream<StreamLogsResponse> =>
    replica.clients.stream(ControlService.streamLogs, { runId, afterTimestamp });
  const events = (
    replica: ControlReplica,
    afterTaskEventId = 0n,
    headers: Headers = {},
  ): MessageStream<StreamRunEventsResponse> => {
    const request = { runId, afterTaskEventId };
    return replica.clients.stream(ControlService.streamRunEvents, request, headers);
  };
  const text = (answers: StreamLogsResponse[]): string =>
    answers.map((answer) => answer.logOutput).join('');

  it('tell an ended run whole, in one message, and end', async () => {
    await writeLog(one.database, runId, T0, 'a\n');
    await writeLog(one.database, runId, T0 + 1, '');
    await writeLog(one.database, runId, T0 + 2, 'b\n');
    await stop();
    const answers = await collect(logs(other));
    expect(answers).toMatchObject([{ logOutput: 'a\nb\n', latestTimestamp: T0 + 2 }]);
  });

  it('send headers before there is anything to tell', async () => {
    const stream = logs(other);
    await stream.opened;
    stream.cancel();
  });

  it('follow a run whatever replica wrote, without gap or doubled line', async () => {
    const told = Promise.all([collect(logs(one)), collect(logs(other))]);
    const lines = Array.from({ length: 300 }, (_, line) => `line ${line}\n`);
    for (const [index, line] of lines.entries()) {
      const writer = index % 2 === 0 ? one : other;
      await writeLog(writer.database, runId, T0 + index * 2 * MICROSECOND, line);
    }
    await stop();
    for (const answers of await told) expect(text(answers)).toBe(lines.join(''));
  });

  it('go on exactly after the last timestamp that was seen', async () => {
    const times = [0, 1, 2, 3].map((row) => T0 + row * 2 * MICROSECOND);
    for (const [row, at] of times.entries()) await writeLog(one.database, runId, at, `${row}`);
    await stop();
    expect(text(await collect(logs(one, times[1])))).toBe('23');
    expect(await collect(logs(one, times[3]))).toEqual([]);
  });

  it('read no further than a slow reader takes', async () => {
    const rows = 48;
    const row = 'x'.repeat(2.1 * 1024 * 1024); // a second one does not fit into a batch
    for (let index = 0; index < rows; index += 1) {
      await writeLog(one.database, runId, T0 + index, `${index}:${row}\n`);
    }
    await stop();
    const statements = vi.spyOn(other.database, 'query');
    const batches = (): number =>
      statements.mock.calls.filter(
        ([{ name }, values]) => name === 'read-run-log' && values?.[0] === toInt8(runId),
      ).length;
    const stream = logs(other)[Symbol.asyncIterator]();
    // until it is asked for a message, gRPC's own client takes all that comes; then it has up to 16 in store
    const answers = [(await stream.next()).value as StreamLogsResponse];
    await new Promise((resolve) => setTimeout(resolve, 2_000)); // time to read all, were it to
    expect(batches()).toBeLessThan(rows / 2);
    for await (const answer of { [Symbol.asyncIterator]: () => stream }) answers.push(answer);
    const numbers = Array.from({ length: rows }, (_, index) => `${index}:`);
    expect(text(answers).match(/\d+:/g)).toEqual(numbers);
    expect(answers.length).toBe(rows);
    expect(batches()).toBe(rows + 1);
    statements.mockRestore();
  });

  it('leave nothing waiting when the client goes', async () => {
    const stream = logs(one);
    await stream.opened;
    await expect.poll(() => one.wakeups.count()).toBe(1);
    stream.cancel();
    await expect.poll(() => one.wakeups.count()).toBe(0);
  });

  it('tell events after an id, in order, until the run ends', async () => {
    await writeEvent(one.database, runId, 'first');
    const stream = events(other);
    const told = collect(stream);
    await stream.opened;
    await writeEvent(one.database, runId, 'second');
    await writeEvent(one.database, runId, 'third');
    await stop();
    const seen = (await told).map(({ taskEvent }) => taskEvent!);
    expect(seen.map(({ event }) => event)).toEqual(['first', 'second', 'third']);
    expect(seen[0]).toMatchObject({ runId, data: '{}' });
    const after = await collect(events(other, seen[0]!.id));
    expect(after.map(({ taskEvent }) => taskEvent!.event)).toEqual(['second', 'third']);
    expect(await collect(events(one, 2n ** 64n - 1n))).toEqual([]);
  });

  it('tell what child tasks said to releases before 1.35 only', async () => {
    await writeEvent(one.database, runId, 'of the app');
    await writeChildEvent(one.database, runId, 'of a child');
    await stop();
    const toldTo = async (version: string) => {
      const told = await collect(events(other, undefined, headersOf(version)));
      return told.map(({ taskEvent }) => taskEvent!.event);
    };
    expect(await toldTo('1.34.0')).toEqual(['of the app', 'of a child']);
    expect(await toldTo('1.35.0')).toEqual(['of the app']);
  });

  it('are refused for a run that does not exist', async () => {
    runId = 1n;
    expect(await refusalOf(collect(logs(one)))).toBe('code 16');
    expect(await refusalOf(collect(events(one)))).toBe('code 16');
  });
});
