import { createDatabase, type TestDatabase } from '../../support/postgres';
import { answerOf, refusalOf, startRun } from './control-calls';
import { type ControlReplica, startControlReplica } from './control-replica.fixture';
import { tallyRequest } from './control-rows';
import { newNodeKey } from './node-keys';

const FEDERATION = '@none/default';

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

  const registerNode = (publicKey: Buffer) =>
    answerOf(replica, (client) => client.registerNode, { publicKey });

  it('tells the CLI that there is nothing to log in to', async () => {
    const details = await answerOf(replica, (client) => client.getLoginDetails, {});
    expect(details).toMatchObject({ authnType: 'noop', deviceCode: '', expiresIn: 0n });
  });

  it('has no connector to list', async () => {
    const answer = await answerOf(replica, (client) => client.listConnectors, { federation: '' });
    expect(answer.connectors).toEqual([]);
  });

  it('registers a key once, lists its node, and never takes the key again', async () => {
    const key = newNodeKey('prime256v1');
    const answers = await Promise.allSettled([registerNode(key), registerNode(key)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await refusalOf(registerNode(key))).toBe('code 23');
    const list = () => answerOf(replica, (client) => client.listNodes, {});
    const node = (await list()).nodesInfo.find(({ publicKey }) => publicKey.equals(key));
    expect(node).toMatchObject({
      status: 'registered',
      ownerAid: '<id:none>',
      heartbeatInterval: 30,
    });
    await answerOf(replica, (client) => client.unregisterNode, { nodeId: node!.nodeId });
    const later = (await list()).nodesInfo.find(({ publicKey }) => publicKey.equals(key));
    expect(later).toMatchObject({ nodeId: node!.nodeId, status: 'unregistered' });
    expect(await refusalOf(registerNode(key))).toBe('code 23');
  });

  it('keeps where a node is and what it is called', async () => {
    const publicKey = newNodeKey();
    const place = { location: '48.14,11.58', name: 'Ward 3' };
    const { nodeId } = await answerOf(replica, (client) => client.registerNode, {
      publicKey,
      ...place,
    });
    const { nodesInfo } = await answerOf(replica, (client) => client.listNodes, {});
    const node = nodesInfo.find((each) => each.nodeId === nodeId);
    expect(node).toMatchObject({ publicKey, ...place });
    const other = await registerNode(newNodeKey());
    const { nodesInfo: later } = await answerOf(replica, (client) => client.listNodes, {});
    expect(later.find((each) => each.nodeId === other.nodeId)).toMatchObject({
      location: undefined,
      name: undefined,
    });
  });

  it('shows its one federation with member, nodes and runs', async () => {
    const { nodeId } = await registerNode(newNodeKey());
    const { runId } = await startRun(replica, tallyRequest());
    const listed = await answerOf(replica, (client) => client.listFederations, {});
    expect(listed.federations).toMatchObject([
      { name: FEDERATION, archived: false, simulation: false, memberCount: 1 },
    ]);
    expect(listed.federations[0]?.members).toHaveLength(1);
    const shown = await answerOf(replica, (client) => client.showFederation, {
      federationName: FEDERATION,
    });
    expect(shown.federation).toMatchObject({
      name: FEDERATION,
      members: [{ account: { id: '<id:none>', name: 'none' }, role: 'owner' }],
    });
    expect(shown.federation!.nodes.map((node) => node.nodeId)).toContain(nodeId);
    expect(shown.federation!.runs.map((run) => run.runId)).toContain(runId);
  });

  it('lists and describes run series, the last used first', async () => {
    const first = (await startRun(replica, tallyRequest())).seriesId!;
    const second = (await startRun(replica, tallyRequest())).seriesId!;
    await startRun(replica, tallyRequest({ seriesId: first }));
    const list = async (fields: object): Promise<bigint[]> => {
      const answer = await answerOf(replica, (client) => client.listRunSeries, fields);
      return answer.entries.map((entry) => entry.seriesId);
    };
    expect(await list({ limit: 2 })).toEqual([first, second]);
    expect(await list({ limit: 0 })).toEqual([]);
    expect(await list({ isAgent: true })).toEqual([]);
    const { entries } = await answerOf(replica, (client) => client.listRunSeries, { limit: 2 });
    expect(await list({ limit: 1, updatedBefore: entries[0]!.updatedAt })).toEqual([second]);
    const description = '  as before ';
    const described = await answerOf(replica, (client) => client.updateRunSeriesDescription, {
      seriesId: first,
      description,
    });
    expect(described.series).toMatchObject({ seriesId: first, description: 'as before' });
  });
});
