import { createHash } from 'node:crypto';

import { ControlService } from '../../../src/generated/flwr/proto/control';
import { StartRunRequest } from '../../../src/generated/flwr/proto/control_run';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { isOnThisWire } from '../../support/wire';
import { answerOf, refusalOf, startRun } from './control-calls';
import { type ControlReplica, startControlReplica } from './control-replica.fixture';
import { GUIDE_FAB, TALLY_FAB, tallyRequest } from './control-rows';

const FEDERATION = '@none/default';
const TALLY = '@harbour/tally-app';
const HUB_AGENT = '@flwrlabs/flwr-agent';
const hashOf = (fab: Buffer) => createHash('sha256').update(fab).digest('hex');

describe('apps of a federation', () => {
  let database: TestDatabase;
  let one: ControlReplica;
  let other: ControlReplica;

  beforeAll(async () => {
    database = await createDatabase();
    [one, other] = await Promise.all([
      startControlReplica(database.url),
      startControlReplica(database.url),
    ]);
    await startRun(one, tallyRequest());
    const guide = StartRunRequest.fromPartial({ fab: { content: GUIDE_FAB }, userPrompt: 'hello' });
    await startRun(one, guide);
  });

  afterAll(async () => {
    await Promise.all([one.close(), other.close()]);
    await database.drop();
  });

  const list = async (limit?: bigint) =>
    (await answerOf(other, (client) => client.listApps, { federationId: FEDERATION, limit })).apps;
  const idsOf = async (limit?: bigint) => (await list(limit)).map(({ appId }) => appId);
  const remove = (appId: string) =>
    answerOf(one, (client) => client.removeApp, { federationId: FEDERATION, appId });

  it('are those that were uploaded to start a run, the last one first, and the hub’s agent', async () => {
    const [guide, tally, agent] = await list();
    expect(guide).toMatchObject({
      ...{ appId: '@harbour/guide-app', fabHash: hashOf(GUIDE_FAB), appType: 'flwr-agentapp' },
      ...{ isHubApp: false, displayName: '', description: '' },
    });
    expect(tally).toMatchObject({
      ...{ appId: TALLY, fabHash: hashOf(TALLY_FAB), appType: 'flwr-serverapp', isHubApp: false },
      description: 'Counts what its nodes hold',
    });
    expect(agent).toMatchObject({ appId: HUB_AGENT, isHubApp: true, fabHash: '' });
  });

  it('are listed up to a limit, which counts the hub’s agent', async () => {
    expect(await idsOf(0n)).toEqual([]);
    expect(await idsOf(1n)).toEqual([HUB_AGENT]);
    expect(await idsOf(2n)).toEqual(['@harbour/guide-app', HUB_AGENT]);
    expect(await idsOf(2n ** 64n - 1n)).toHaveLength(3);
  });

  it('can be started again by name and hash', async () => {
    const fab = { hashStr: hashOf(TALLY_FAB), content: Buffer.alloc(0), verifications: new Map() };
    const { runId } = await startRun(other, tallyRequest({ appSpec: TALLY, fab }));
    expect(runId).toBeDefined();
  });

  it('name the federations that have them', async () => {
    const of = async (appId: string) =>
      (await answerOf(one, (client) => client.listAppAssociations, { appId })).federationIds;
    expect(await of(TALLY)).toEqual([FEDERATION]);
    expect(await of(HUB_AGENT)).toEqual([FEDERATION]);
    expect(await of('@harbour/other')).toEqual([]);
    expect(await of('')).toEqual([]);
  });

  it('are noted once when a hundred runs start at once', async () => {
    await Promise.all(
      Array.from({ length: 100 }, (_, call) => startRun(call % 2 ? one : other, tallyRequest())),
    );
    expect((await idsOf()).filter((appId) => appId === TALLY)).toHaveLength(1);
  });

  it('are taken off the list, once or twice, and come back with the next run', async () => {
    await remove(TALLY);
    await remove(TALLY);
    expect(await idsOf()).toEqual(['@harbour/guide-app', HUB_AGENT]);
    const fab = { hashStr: hashOf(TALLY_FAB), content: Buffer.alloc(0), verifications: new Map() };
    const again = startRun(one, tallyRequest({ appSpec: TALLY, fab }));
    expect(await refusalOf(again)).toBe('code 35');
    await startRun(one, tallyRequest());
    expect((await idsOf())[0]).toBe(TALLY);
  });

  if (isOnThisWire(ControlService.deleteApp)) {
    it('go by their name in 1.34 as well', async () => {
      await startRun(one, tallyRequest());
      const app = { federationId: FEDERATION, appId: TALLY };
      await answerOf(one, (client) => client.deleteApp, app);
      expect(await idsOf()).not.toContain(TALLY);
      const store = { federationId: FEDERATION, fab: undefined };
      expect(await refusalOf(answerOf(one, (client) => client.storeApp, store))).toBe(
        'UNIMPLEMENTED',
      );
    });
  }

  it.each([
    ['an app of the hub', FEDERATION, HUB_AGENT, 'code 34'],
    ['an app of the hub with its version', FEDERATION, `${HUB_AGENT}==1.2.3`, 'code 34'],
    ['what is no app', FEDERATION, 'agent', 'code 33'],
    ['to no federation', '', HUB_AGENT, 'code 12'],
    ['to another federation', '@none/other', HUB_AGENT, 'code 25'],
  ])('are not added: %s', async (_, federationId, appId, refusal) => {
    const add = answerOf(one, (client) => client.addApp, { federationId, appId });
    expect(await refusalOf(add)).toBe(refusal);
  });

  it('of another federation are neither listed nor removed', async () => {
    for (const [federationId, refusal] of [
      ['', 'code 12'],
      ['@none/other', 'code 25'],
    ] as const) {
      const app = { federationId, appId: TALLY };
      expect(await refusalOf(answerOf(one, (client) => client.listApps, app))).toBe(refusal);
      expect(await refusalOf(answerOf(one, (client) => client.removeApp, app))).toBe(refusal);
    }
  });
});
