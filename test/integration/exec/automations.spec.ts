import { sql, type Statement } from '../../../src/database/sql';
import { StartAutomationRequest } from '../../../src/generated/flwr/proto/control_automation';
import { toInt8 } from '../../../src/wire/ids';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { answerOf, refusalOf, startRun } from './control-calls';
import { type ControlReplica, startControlReplica } from './control-replica.fixture';
import { countRows, TALLY_FAB, tallyRequest } from './control-rows';

const RUNS_IN_SERIES: Statement = {
  name: 'test-runs-in-series',
  text: sql`select count(*)::int as runs from run where series_id = $1::bigint`,
};
const STATUS_OF_AUTOMATION: Statement = {
  name: 'test-status-of-automation',
  text: sql`select status from automation where automation_id = $1::bigint`,
};
const PAST = '2026-01-01T00:00:00.000001+00:00';

describe('automations', () => {
  let database: TestDatabase;
  let one: ControlReplica;
  let other: ControlReplica;
  let seriesId: bigint;

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
    seriesId = (await startRun(one, tallyRequest())).seriesId!;
  });

  const start = (fields: Parameters<typeof StartAutomationRequest.fromPartial>[0]) => {
    const request = { startRunRequest: { seriesId, fab: { content: TALLY_FAB } }, ...fields };
    return answerOf(
      one,
      (client) => client.startAutomation,
      StartAutomationRequest.fromPartial(request),
    );
  };
  const find = async (automationId: bigint) => {
    const { automations } = await answerOf(other, (client) => client.listAutomations, {
      federation: '',
    });
    return automations.find((automation) => automation.automationId === automationId);
  };
  /** Also of one that nobody may list. */
  const statusOf = async (automationId: bigint): Promise<string | undefined> => {
    const values = [toInt8(automationId)];
    return (await one.database.query<{ status: string }>(STATUS_OF_AUTOMATION, values))[0]?.status;
  };
  const runsInSeries = async (): Promise<number | undefined> => {
    const values = [toInt8(seriesId)];
    return (await one.database.query<{ runs: number }>(RUNS_IN_SERIES, values))[0]?.runs;
  };

  it('start one run now', async () => {
    const { automationId, seriesId: answered } = await start({});
    expect(answered).toBe(seriesId);
    await expect
      .poll(() => find(automationId), { timeout: 10_000 })
      .toMatchObject({ status: 'completed', seriesId, remainingRuns: 0 });
    expect(await runsInSeries()).toBe(2);
  });

  it('make up for missed times, each once, whichever replica has its turn', async () => {
    const { automationId, nextRunAt } = await start({
      startAt: PAST,
      fixedInterval: 3600n,
      maxRuns: 12,
    });
    expect(nextRunAt).toBe(PAST);
    await expect
      .poll(() => find(automationId), { timeout: 20_000 })
      .toMatchObject({ status: 'completed', nextRunAt: '2026-01-01T11:00:00.000001+00:00' });
    expect(await runsInSeries()).toBe(13);
  });

  it('keep nobody waiting who have years to make up for', async () => {
    const greedy = await start({ startAt: '0001-01-01T00:00:00+00:00', fixedInterval: 1n });
    await expect.poll(() => runsInSeries(), { timeout: 10_000 }).toBeGreaterThan(1);
    const { automationId } = await start({});
    await expect
      .poll(() => find(automationId), { timeout: 10_000 })
      .toMatchObject({ status: 'completed' });
    const { automationId: endless } = greedy;
    await answerOf(one, (client) => client.stopAutomation, { automationId: endless });
  });

  it('wait for their time, and start nothing when they are stopped', async () => {
    const { automationId, nextRunAt } = await start({ startAt: '2999-01-01T01:00:00+01:00' });
    expect(nextRunAt).toBe('2999-01-01T00:00:00+00:00');
    const stop = () => answerOf(other, (client) => client.stopAutomation, { automationId });
    await stop();
    const stopped = await find(automationId);
    expect(stopped).toMatchObject({ status: 'stopped', stoppedAt: expect.any(String) as string });
    await stop();
    expect(await find(automationId)).toEqual(stopped);
    expect(await runsInSeries()).toBe(1);
  });

  it('survive an interval beyond all calendars', async () => {
    const { automationId } = await start({ startAt: PAST, fixedInterval: 2n ** 63n - 1n });
    await expect
      .poll(() => find(automationId), { timeout: 10_000 })
      .toMatchObject({ status: 'active', nextRunAt: '9999-12-31T23:59:59+00:00' });
    expect(await runsInSeries()).toBe(2);
  });

  it.each([
    ['its FAB is none', { fab: { content: Buffer.from('none') } }],
    ['its federation is none', { federation: '@none/other' }],
    ['nothing is to be run', {}],
  ])('fail for good when %s', async (_, fields) => {
    const before = await countRows(one.database);
    const { automationId } = await start({
      startRunRequest: { seriesId, ...fields },
      fixedInterval: 1n,
    });
    await expect.poll(() => statusOf(automationId), { timeout: 10_000 }).toBe('failed');
    expect(await countRows(one.database)).toEqual({
      ...before,
      automations: before!.automations + 1,
    });
  });

  it('fail without a trace when their series does not exist', async () => {
    const before = await countRows(one.database);
    const startRunRequest = { seriesId: 99n, fab: { content: TALLY_FAB } };
    const { automationId } = await start({ startRunRequest });
    await expect
      .poll(() => find(automationId), { timeout: 10_000 })
      .toMatchObject({ status: 'failed' });
    expect(await countRows(one.database)).toEqual({
      ...before,
      automations: before!.automations + 1,
    });
  });

  it('are refused for bad requests', async () => {
    expect(await refusalOf(start({ startRunRequest: {} }))).toBe('code 42');
    const list = answerOf(one, (client) => client.listAutomations, { federation: '@x/y' });
    expect(await refusalOf(list)).toBe('code 25');
  });

  it('are stopped without complaint when they do not exist', async () => {
    const automationId = 2n ** 64n - 1n;
    await answerOf(one, (client) => client.stopAutomation, { automationId });
  });
});
