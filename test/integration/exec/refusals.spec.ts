import { createDatabase, type TestDatabase } from '../../support/postgres';
import { answerOf, refusalOf, startRun } from './control-calls';
import { type ControlReplica, startControlReplica } from './control-replica.fixture';
import { tallyRequest } from './control-rows';
import { newNodeKey } from './node-keys';

const FEDERATION = '@none/default';
const UNKNOWN = '@none/other';

describe('Control without accounts', () => {
  let database: TestDatabase;
  let replica: ControlReplica;

  beforeAll(async () => {
    database = await createDatabase();
    replica = await startControlReplica(database.url);
  });

  afterAll(async () => {
    await replica.close();
    await database.drop();
  });

  function registerNode(publicKey: Buffer): Promise<{ nodeId?: bigint | undefined }> {
    return answerOf(replica, (client) => client.registerNode, { publicKey });
  }

  type Case = readonly [what: string, call: () => Promise<unknown>, refusal: string];
  const cases: Case[] = [
    [
      'GetAuthTokens',
      () => answerOf(replica, (client) => client.getAuthTokens, { deviceCode: '' }),
      'code 19',
    ],
    [
      'PullArtifacts',
      () => answerOf(replica, (client) => client.pullArtifacts, { runId: 1n }),
      'code 20',
    ],
    [
      'GetRunSeries of none',
      () => answerOf(replica, (client) => client.getRunSeries, { seriesId: 2n ** 64n - 1n }),
      'code 17',
    ],
    [
      'ListRunSeries without a federation',
      () => answerOf(replica, (client) => client.listRunSeries, { federationId: '' }),
      'code 12',
    ],
    [
      'ListRunSeries of another',
      () => answerOf(replica, (client) => client.listRunSeries, { federationId: UNKNOWN }),
      'code 25',
    ],
    [
      'ListRunSeries before no time',
      () => answerOf(replica, (client) => client.listRunSeries, { updatedBefore: 'now' }),
      'code 1003',
    ],
    [
      'UpdateRunSeriesDescription without one',
      async () => {
        const { seriesId = 0n } = await startRun(replica, tallyRequest());
        const description = { seriesId, description: ' ' };
        return answerOf(replica, (client) => client.updateRunSeriesDescription, description);
      },
      'code 43',
    ],
    [
      'UpdateRunSeriesDescription of none',
      () =>
        answerOf(replica, (client) => client.updateRunSeriesDescription, {
          seriesId: 1n,
          description: 'a',
        }),
      'code 17',
    ],
    [
      'UnregisterNode of none',
      () => answerOf(replica, (client) => client.unregisterNode, { nodeId: 5n }),
      'code 24',
    ],
    ['RegisterNode with no key', () => registerNode(Buffer.from('key')), 'code 22'],
    [
      'RegisterNode with a key of another curve',
      () => registerNode(newNodeKey('secp256k1')),
      'code 22',
    ],
    [
      'DisconnectConnector without one',
      () =>
        answerOf(replica, (client) => client.disconnectConnector, {
          connectorRef: '',
          connectorId: 0n,
          federation: '',
        }),
      'code 38',
    ],
    [
      'DisconnectConnector',
      () =>
        answerOf(replica, (client) => client.disconnectConnector, {
          connectorRef: 'a',
          connectorId: 0n,
          federation: '',
        }),
      'code 39',
    ],
    [
      'BeginConnectorOAuth without an address',
      () =>
        answerOf(replica, (client) => client.beginConnectorOAuth, {
          connectorRef: 'a',
          redirectUri: ' ',
          federation: '',
        }),
      'code 38',
    ],
    [
      'BeginConnectorOAuth',
      () =>
        answerOf(replica, (client) => client.beginConnectorOAuth, {
          connectorRef: 'a',
          redirectUri: 'b',
          federation: '',
        }),
      'code 39',
    ],
    [
      'CompleteConnectorOAuth without a state',
      () =>
        answerOf(replica, (client) => client.completeConnectorOAuth, {
          oauthSessionId: 'a',
          code: 'b',
          state: '',
        }),
      'code 38',
    ],
    [
      'CompleteConnectorOAuth',
      () =>
        answerOf(replica, (client) => client.completeConnectorOAuth, {
          oauthSessionId: 'a',
          code: 'b',
          state: 'c',
        }),
      'code 39',
    ],
    [
      'ListRunSeriesEvents of none',
      () => answerOf(replica, (client) => client.listRunSeriesEvents, { seriesId: 1n }),
      'code 17',
    ],
    [
      'SetFederationIcon without a federation',
      () => answerOf(replica, (client) => client.setFederationIcon, { federationName: '' }),
      'code 12',
    ],
    [
      'SetFederationIcon',
      () => answerOf(replica, (client) => client.setFederationIcon, { federationName: FEDERATION }),
      'code 1',
    ],
    [
      'ListConnectors of another federation',
      () => answerOf(replica, (client) => client.listConnectors, { federation: UNKNOWN }),
      'code 25',
    ],
    [
      'RegisterNode at no place',
      () =>
        answerOf(replica, (client) => client.registerNode, {
          publicKey: newNodeKey(),
          location: 'Munich',
        }),
      'code 45',
    ],
  ];

  it.each(cases)('refuses %s', async (_, attempt, refusal) => {
    expect(await refusalOf(attempt())).toBe(refusal);
  });
});
