import { createHash } from 'node:crypto';

import type { StartRunRequest } from '../../../src/generated/flwr/proto/control_run';
import { SimulationConfig } from '../../../src/generated/flwr/proto/federation';
import { Context } from '../../../src/generated/flwr/proto/message';
import { Scalar } from '../../../src/generated/flwr/proto/scalar';
import type { NewRun } from '../../../src/runs/new-run';
import { RunCreationRepository } from '../../../src/runs/run-creation.repository';
import { RunCreationService } from '../../../src/runs/run-creation.service';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { answerOf, headersOf, refusalOf, startRun } from './control-calls';
import { type ControlReplica, startControlReplica } from './control-replica.fixture';
import { countRows, GUIDE_FAB, TALLY_FAB, tallyRequest } from './control-rows';

const TALLY_HASH = createHash('sha256').update(TALLY_FAB).digest('hex');
const int = (value: bigint): Scalar => ({ scalar: { $case: 'sint64', value } });

describe('StartRun', () => {
  let database: TestDatabase;
  let one: ControlReplica;
  let other: ControlReplica;

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

  const guideRequest = (fields: Partial<StartRunRequest> = {}) =>
    tallyRequest({ fab: { hashStr: '', content: GUIDE_FAB, verifications: new Map() }, ...fields });

  const find = async (runId: bigint) => {
    const answer = await answerOf(other, (client) => client.listRuns, { runId });
    return answer.runDict.get(runId);
  };

  it('makes a pending run that the other replica lists', async () => {
    const overrideConfig = new Map([['num-rounds', int(7n)]]);
    const answer = await startRun(one, tallyRequest({ overrideConfig }));
    expect(answer).toMatchObject({ federation: '@none/default' });
    const run = await find(answer.runId!);
    expect(run).toMatchObject({
      runId: answer.runId,
      seriesId: answer.seriesId,
      fabId: 'harbour/tally-app',
      fabVersion: '1.2.3',
      fabHash: TALLY_HASH,
      flwrAid: '<id:none>',
      accountName: 'none',
      federation: '@none/default',
      primaryTaskType: 'flwr-serverapp',
      status: { status: 'pending', subStatus: '', details: '' },
      startingAt: '',
    });
    expect(run!.overrideConfig.get('num-rounds')).toMatchObject(int(7n));
    expect(run!.pendingAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00$/);
  });

  it('takes a stored FAB by its hash alone', async () => {
    await startRun(one, tallyRequest());
    const fab = { hashStr: TALLY_HASH, content: Buffer.alloc(0), verifications: new Map() };
    const answer = await startRun(other, tallyRequest({ fab }));
    expect((await find(answer.runId!))?.fabHash).toBe(TALLY_HASH);
  });

  it('starts the agent of an app that has one, in a series named after its prompt', async () => {
    const answer = await startRun(one, guideRequest({ userPrompt: ' plan\nmy day ' }));
    expect((await find(answer.runId!))?.primaryTaskType).toBe('flwr-agentapp');
    const { seriesId = 0n } = answer;
    const { series, runs } = await answerOf(other, (client) => client.getRunSeries, { seriesId });
    expect(series?.description).toBe('plan my day');
    expect(runs.map(({ runId }) => runId)).toEqual([answer.runId]);
  });

  it('asks a prompt of clients that know of prompts only', async () => {
    const call = (version: string) =>
      answerOf(one, (client) => client.startRun, guideRequest(), headersOf(version));
    expect(await refusalOf(call('1.38.0'))).toBe('code 44');
    expect((await call('1.37.0')).runId).toBeDefined();
  });

  it('takes no notice of how a simulation should go: it starts none', async () => {
    const overrideFederationConfig = SimulationConfig.fromPartial({ numSupernodes: 3 });
    const answer = await startRun(one, tallyRequest({ overrideFederationConfig }));
    expect((await find(answer.runId!))?.primaryTaskType).toBe('flwr-serverapp');
  });

  it('joins a series and hands its context on', async () => {
    const first = await startRun(one, tallyRequest());
    const second = await startRun(other, tallyRequest({ seriesId: first.seriesId }));
    expect(second.seriesId).toBe(first.seriesId);
    const { series, context } = await answerOf(one, (client) => client.getRunSeries, {
      seriesId: first.seriesId!,
    });
    expect(series?.runIds).toEqual([first.runId, second.runId]);
    expect(series?.lastRunStatus?.status).toBe('pending');
    expect(Context.encode(context!).finish()).toEqual(
      Context.encode(
        Context.fromPartial({
          runId: second.runId!,
          nodeId: 1n,
          seriesId: first.seriesId!,
          state: {},
        }),
      ).finish(),
    );
  });

  it('makes exactly one run a call when 100 come at once', async () => {
    const before = (await countRows(one.database))!;
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, call) => startRun(call % 2 ? one : other, tallyRequest())),
    );
    expect(new Set(answers.map((answer) => answer.runId)).size).toBe(100);
    expect(await countRows(one.database)).toEqual({
      ...before,
      runs: before.runs + 100,
      tasks: before.tasks + 100,
      series: before.series + 100,
    });
  });

  it('makes no second run when its transaction is sent again after a lost COMMIT', async () => {
    const before = (await countRows(one.database))!;
    const run: NewRun = {
      runId: 2n ** 64n - 5n,
      primaryTaskId: 2n ** 63n,
      primaryTaskType: 'flwr-serverapp',
      series: { kind: 'new', seriesId: 2n ** 64n - 6n, description: undefined },
      fab: { id: 'harbour/tally-app', version: '1', hash: TALLY_HASH, content: TALLY_FAB },
      overrideConfig: Buffer.alloc(0),
      federationId: '@none/default',
      federationConfig: undefined,
      flwrAid: '<id:none>',
    };
    const creation = new RunCreationService(new RunCreationRepository());
    const send = () => one.database.transaction((tx) => creation.create(tx, run));
    await send();
    await Promise.all([send(), send()]);
    expect(await countRows(one.database)).toEqual({
      ...before,
      runs: before.runs + 1,
      tasks: before.tasks + 1,
      series: before.series + 1,
    });
  });

  it('answers an oversized FAB with nothing', async () => {
    const before = await countRows(one.database);
    const content = Buffer.alloc(10 * 1024 * 1024 + 1);
    const answer = await startRun(
      one,
      tallyRequest({ fab: { hashStr: '', content, verifications: new Map() } }),
    );
    expect(answer).toMatchObject({ runId: undefined, seriesId: undefined, federation: '' });
    expect(await countRows(one.database)).toEqual(before);
  });

  const noContent = (hashStr: string) => ({
    fab: { hashStr, content: Buffer.alloc(0), verifications: new Map() },
  });
  const content = (bytes: Buffer) => ({
    fab: { hashStr: '', content: bytes, verifications: new Map() },
  });
  it.each([
    ['a hash that is not stored', noContent('0'.repeat(64)), 'code 35'],
    ['a hash that is none', noContent('\0'), 'code 35'],
    ['nothing at all', { fab: undefined }, 'code 15'],
    ['an app of the hub', { appSpec: '@flwrlabs/demo==1.0.0' }, 'code 34'],
    ['an app specification that is none', { appSpec: 'demo' }, 'code 33'],
    ['a FAB that is no ZIP', content(Buffer.from('not a ZIP')), 'code 15'],
    ['a FAB that is cut', content(TALLY_FAB.subarray(0, -30)), 'code 15'],
    ['an unnamed connector', { connectorRefs: [' '] }, 'code 38'],
    ['an unknown connector', { connectorRefs: ['slack'] }, 'code 39'],
    ['the id of no connector', { connectorIds: [2n ** 64n - 1n] }, 'code 39'],
    ['an agent without a prompt', { ...content(GUIDE_FAB), userPrompt: ' \n' }, 'code 44'],
    [
      'a stored FAB under the name of another app',
      { appSpec: '@harbour/other', ...noContent(TALLY_HASH) },
      'code 35',
    ],
    ['an unknown federation', { federation: '@none/other' }, 'code 2'],
    ['an unknown override', { overrideConfig: new Map([['nope', int(1n)]]) }, 'code 15'],
    [
      'an override without value',
      { overrideConfig: new Map([['label', { scalar: undefined }]]) },
      'code 15',
    ],
    ['an unknown series', { seriesId: 12345n }, 'code 17'],
  ])('refuses %s and changes no row', async (_, fields, refusal) => {
    const before = await countRows(one.database);
    expect(await refusalOf(startRun(one, tallyRequest(fields)))).toBe(refusal);
    expect(await countRows(one.database)).toEqual(before);
  });
});
