import { ListRunsRequest } from '../../../src/generated/flwr/proto/control_run';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { answerOf, headersOf, refusalOf, startRun } from './control-calls';
import { type ControlReplica, startControlReplica } from './control-replica.fixture';
import { tallyRequest } from './control-rows';

describe('runs of an account', () => {
  let database: TestDatabase;
  let replica: ControlReplica;
  const started: bigint[] = [];

  beforeAll(async () => {
    database = await createDatabase();
    replica = await startControlReplica(database.url);
    for (let run = 0; run < 5; run += 1) {
      started.push((await startRun(replica, tallyRequest())).runId!);
    }
  });

  afterAll(async () => {
    await replica.close();
    await database.drop();
  });

  const list = async (fields: Partial<ListRunsRequest>): Promise<bigint[]> => {
    const answer = await answerOf(replica, (client) => client.listRuns, fields as ListRunsRequest);
    expect(answer.now).toMatch(/\+00:00$/);
    return [...answer.runDict.keys()];
  };
  const newestFirst = (): bigint[] => [...started].reverse();

  it('are all listed, the newest first', async () => {
    expect(await list({})).toEqual(newestFirst());
  });

  it('are listed in parts', async () => {
    expect(await list({ limit: 2n })).toEqual(newestFirst().slice(0, 2));
    expect(await list({ limit: 2n, skip: 2n })).toEqual(newestFirst().slice(2, 4));
    expect(await list({ skip: 4n })).toEqual(newestFirst().slice(4));
    expect(await list({ limit: 0n })).toEqual([]);
    expect(await list({ limit: 2n ** 64n - 1n, skip: 2n ** 64n - 1n })).toEqual([]);
  });

  it('come in pages of 20 to releases that know pages, and whole to those before', async () => {
    while (started.length < 22) started.push((await startRun(replica, tallyRequest())).runId!);
    const listTo = async (version: string): Promise<bigint[]> => {
      const from = headersOf(version);
      const answer = await answerOf(replica, (client) => client.listRuns, {}, from);
      return [...answer.runDict.keys()];
    };
    expect(await listTo('1.40.0')).toEqual(newestFirst().slice(0, 20));
    expect(await listTo('1.39.0')).toEqual(newestFirst());
    expect(await list({})).toHaveLength(20);
    expect(await list({ skip: 20n })).toEqual(newestFirst().slice(20));
  });

  it('are found by their id', async () => {
    expect(await list({ runId: started[2]! })).toEqual([started[2]]);
    expect(await refusalOf(list({ runId: 1n }))).toBe('code 16');
    expect(await refusalOf(list({ runId: 2n ** 64n - 1n }))).toBe('code 16');
  });

  it('are stopped once', async () => {
    const runId = started[0]!;
    const stop = () => answerOf(replica, (client) => client.stopRun, { runId });
    expect(await stop()).toMatchObject({ success: true });
    expect(await refusalOf(stop())).toBe('code 18');
    const answer = await answerOf(replica, (client) => client.listRuns, { runId });
    expect(answer.runDict.get(runId)).toMatchObject({
      status: { status: 'finished', subStatus: 'stopped' },
    });
  });

  it('cannot be stopped unless they exist', async () => {
    const stop = answerOf(replica, (client) => client.stopRun, { runId: 1n });
    expect(await refusalOf(stop)).toBe('code 16');
  });
});
