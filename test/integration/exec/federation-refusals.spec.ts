import { createDatabase, type TestDatabase } from '../../support/postgres';
import { answerOf, refusalOf } from './control-calls';
import { type ControlReplica, startControlReplica } from './control-replica.fixture';
import { newNodeKey } from './node-keys';

const FEDERATION = '@none/default';
const UNKNOWN = '@none/other';

describe('changes to federations', () => {
  let database: TestDatabase;
  let replica: ControlReplica;
  let nodeId: bigint;

  beforeAll(async () => {
    database = await createDatabase();
    replica = await startControlReplica(database.url);
    nodeId = (await registerNode(newNodeKey())).nodeId!;
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
      'ShowFederation of another',
      () => answerOf(replica, (client) => client.showFederation, { federationName: UNKNOWN }),
      'code 2',
    ],
    [
      'CreateFederation without a name',
      () =>
        answerOf(replica, (client) => client.createFederation, {
          federationName: '',
          description: '',
          simulation: false,
        }),
      'code 12',
    ],
    [
      'CreateFederation with a bad name',
      () =>
        answerOf(replica, (client) => client.createFederation, {
          federationName: '1a',
          description: '',
          simulation: false,
        }),
      'code 27',
    ],
    [
      'CreateFederation',
      () =>
        answerOf(replica, (client) => client.createFederation, {
          federationName: 'a',
          description: '',
          simulation: false,
        }),
      'code 1',
    ],
    [
      'ArchiveFederation without a name',
      () => answerOf(replica, (client) => client.archiveFederation, { federationName: '' }),
      'code 12',
    ],
    [
      'ArchiveFederation',
      () => answerOf(replica, (client) => client.archiveFederation, { federationName: FEDERATION }),
      'code 1',
    ],
    [
      'ConfigureSimulationFederation',
      () =>
        answerOf(replica, (client) => client.configureSimulationFederation, {
          federationName: FEDERATION,
          config: undefined,
        }),
      'code 2',
    ],
    [
      'AddNodeToFederation without a name',
      () =>
        answerOf(replica, (client) => client.addNodeToFederation, { federationName: '', nodeId }),
      'code 12',
    ],
    [
      'AddNodeToFederation of another',
      () =>
        answerOf(replica, (client) => client.addNodeToFederation, {
          federationName: UNKNOWN,
          nodeId,
        }),
      'code 25',
    ],
    [
      'AddNodeToFederation of an unknown node',
      () =>
        answerOf(replica, (client) => client.addNodeToFederation, {
          federationName: FEDERATION,
          nodeId: 5n,
        }),
      'code 28',
    ],
    [
      'AddNodeToFederation',
      () =>
        answerOf(replica, (client) => client.addNodeToFederation, {
          federationName: FEDERATION,
          nodeId,
        }),
      'code 1',
    ],
    [
      'RemoveNodeFromFederation',
      () =>
        answerOf(replica, (client) => client.removeNodeFromFederation, {
          federationName: FEDERATION,
          nodeId,
        }),
      'code 1',
    ],
    [
      'RemoveAccountFromFederation',
      () =>
        answerOf(replica, (client) => client.removeAccountFromFederation, {
          federationName: FEDERATION,
        }),
      'code 1',
    ],
    [
      'CreateInvitation to another',
      () =>
        answerOf(replica, (client) => client.createInvitation, {
          federationName: UNKNOWN,
          inviteeAccountName: 'a',
        }),
      'code 2',
    ],
    [
      'CreateInvitation',
      () =>
        answerOf(replica, (client) => client.createInvitation, {
          federationName: FEDERATION,
          inviteeAccountName: 'a',
        }),
      'code 1',
    ],
    [
      'AcceptInvitation to another',
      () => answerOf(replica, (client) => client.acceptInvitation, { federationName: UNKNOWN }),
      'code 2',
    ],
    [
      'AcceptInvitation',
      () => answerOf(replica, (client) => client.acceptInvitation, { federationName: FEDERATION }),
      'code 1',
    ],
    ['ListInvitations', () => answerOf(replica, (client) => client.listInvitations, {}), 'code 1'],
    [
      'RejectInvitation',
      () => answerOf(replica, (client) => client.rejectInvitation, { federationName: FEDERATION }),
      'code 1',
    ],
    [
      'RevokeInvitation',
      () =>
        answerOf(replica, (client) => client.revokeInvitation, {
          federationName: FEDERATION,
          inviteeAccountName: 'a',
        }),
      'code 1',
    ],
  ];
  it.each(cases)('refuses %s', async (_, attempt, refusal) => {
    expect(await refusalOf(attempt())).toBe(refusal);
  });
});
