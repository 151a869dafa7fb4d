import { FleetService } from '../../src/generated/flwr/proto/fleet';
import { GrpcAdapterService, MessageContainer } from '../../src/generated/flwr/proto/grpcadapter';
import { AdapterClients, type AdapterOptions } from '../support/adapter-clients';
import { type Cluster, useCluster } from '../support/cluster';
import { NodeActor } from '../support/node-actor';
import { makeInstruction, makeReply } from '../support/objects';
import { outcomeOf, type RpcClients } from '../support/rpc-clients';
import { TaskActor } from '../support/task-actor';

/** Registered with the running file, for they have to be closed. */
function useAdapters(cluster: Cluster): (options?: AdapterOptions) => AdapterClients {
  const opened: RpcClients[] = [];
  afterAll(() => {
    for (const each of opened) each.close();
  });
  return (options) => {
    const addresses = cluster.replicas.map((replica) => replica.addresses);
    const clients = new AdapterClients(addresses, options);
    opened.push(clients);
    return clients;
  };
}

/** A whole message there and back, by all calls that a SuperNode has. */
async function play(cluster: Cluster, node: NodeActor): Promise<void> {
  await node.register();
  await node.activate();
  expect(await node.heartbeat()).toBe(true);
  const app = await TaskActor.running(cluster.clients);
  expect(await app.nodes()).toContain(node.nodeId);
  const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
  expect(await app.send(sent)).toEqual([sent.id]);
  const { run } = await node.getRun(app.runId);
  const asked = { node: node.requests.node, hashStr: run!.fabHash, runId: app.runId };
  expect((await node.call(FleetService.getFab, asked)).fab?.hashStr).toBe(run!.fabHash);
  const { messagesList } = await node.receive();
  expect(messagesList).toEqual([sent.message]);
  const reply = makeReply(sent.message);
  await node.send(reply);
  const got = await app.receive(sent.id);
  expect(got.messagesList.map(({ metadata }) => metadata?.messageId)).toEqual([reply.id]);
  await node.deactivate();
  await node.unregister();
  expect(await outcomeOf(node.pull())).toBe('UNAUTHENTICATED');
}

describe('GrpcAdapter', () => {
  const cluster = useCluster({ flags: ['--log-level', 'debug'] });
  const adapters = useAdapters(cluster);

  it('carries all twelve calls of a SuperNode', async () => {
    await play(cluster, new NodeActor(adapters()));
  });

  it('is served beside Fleet: a node may use both', async () => {
    const node = await NodeActor.online(adapters());
    const same = node.through(cluster.clients);
    expect(await same.activate()).toBe(node.nodeId);
    const app = await TaskActor.running(cluster.clients);
    const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    await app.send(sent);
    expect(await same.pullId()).toBe(sent.id);
    await node.confirm(app.runId, sent.id);
    expect(await same.pullId()).toBeUndefined();
  });

  it('refuses what Fleet refuses, in the same words', async () => {
    const direct = await NodeActor.online(cluster.clients);
    const adapted = direct.through(adapters());
    const app = await TaskActor.running(cluster.clients);
    const refusals = async (node: NodeActor): Promise<string[]> => {
      const other = new NodeActor(node.clients);
      other.nodeId = node.nodeId;
      const calls = [
        () => node.activate(1),
        () => node.heartbeat(9),
        () => other.pull(),
        () => other.activate(),
        () => node.getRun(1n),
        () => node.pullObject(app.runId, 'x'),
        () => node.confirm(1n, 'x'),
        () => node.clients.call(FleetService.pullMessages, { node: undefined, messageIds: [] }),
      ];
      const texts: string[] = [];
      for (const call of calls) {
        texts.push(await call().then((answer) => JSON.stringify(answer, String), String));
      }
      return texts;
    };
    const expected = await refusals(direct);
    expect(expected.join()).toContain('2003');
    expect(await refusals(adapted)).toEqual(expected);
  });

  it('writes the lines of Fleet, with the release from the container if the metadata has none', async () => {
    const said = new Map([
      ['flower-package-name', 'flwr'],
      ['flower-package-version', '1.35.0'],
    ]);
    const node = new NodeActor(adapters({ container: said }));
    await node.register();
    const [row] = await cluster.query<{ release: string }>(
      'select release from node where public_key = $1',
      [node.publicKey],
    );
    expect(row).toEqual({ release: 'flwr 1.35.0' });
    await vi.waitFor(() => {
      const lines = cluster.replicas
        .flatMap(({ log }) => log)
        .filter((line) => line.includes('1.35.0'));
      expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
        { rpc: FleetService.registerNode.path, transport: 'grpc-adapter', caller: 'node' },
      ]);
    });
  });

  it('needs a signature, as Fleet does', async () => {
    const node = new NodeActor(adapters({ dropsMetadata: true }));
    expect(await outcomeOf(node.register())).toBe('UNAUTHENTICATED');
    expect(
      await cluster.count('select count(*) from node where public_key = $1', [node.publicKey]),
    ).toBe(0);
  });

  it.each([
    ['an unknown name', { grpcMessageName: 'StartRunRequest' }, 'StartRunRequest'],
    ['no name', {}, 'a message of this name'],
    ['an endless name', { grpcMessageName: 'x'.repeat(100_000) }, 'a message of this name'],
    ['a name of a prototype', { grpcMessageName: 'constructor' }, 'constructor'],
  ])('answers %s with UNIMPLEMENTED', async (_, content, shown) => {
    const call = cluster.clients.call(
      GrpcAdapterService.sendReceive,
      MessageContainer.fromPartial(content),
    );
    await expect(call).rejects.toMatchObject({
      status: 'UNIMPLEMENTED',
      details: expect.stringContaining(shown) as unknown,
    });
  });

  it('answers what is no container, or holds no request, with 1003', async () => {
    const bytes = { ...GrpcAdapterService.sendReceive, requestSerialize: (raw: Buffer) => raw };
    const noContainer = cluster.clients.call(bytes, Buffer.from([0xff, 0xff, 0xff]));
    expect(await outcomeOf(noContainer)).toBe('INVALID_ARGUMENT 1003');
    const entries = cluster.clients.call(bytes, Buffer.alloc(4 * 2 ** 20, Buffer.from([0x0a, 0])));
    expect(await outcomeOf(entries)).toBe('INVALID_ARGUMENT 1003');
    const node = await NodeActor.online(adapters());
    const noRequest = MessageContainer.fromPartial({
      grpcMessageName: 'PullMessagesRequest',
      grpcMessageContent: Buffer.from([0xff]),
    });
    const call = node.call(GrpcAdapterService.sendReceive, noRequest);
    expect(await outcomeOf(call)).toBe('INVALID_ARGUMENT 1003');
    expect(await node.heartbeat()).toBe(true);
  });
});

describe('GrpcAdapter where the operator lets calls be unsigned', () => {
  const cluster = useCluster({ flags: ['--fleet-api-type', 'grpc-adapter'] });
  const adapters = useAdapters(cluster);

  it('knows a node by its id alone', async () => {
    await play(cluster, new NodeActor(adapters({ dropsMetadata: true })));
  });

  it('still serves nodes that sign, on both ways', async () => {
    await play(cluster, new NodeActor(adapters()));
    await play(cluster, new NodeActor(cluster.clients));
  });

  it('lets nobody speak without a signature for a node that signs', async () => {
    const node = await NodeActor.online(cluster.clients);
    const app = await TaskActor.running(cluster.clients);
    const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    await app.send(sent);
    const pretender = node.through(adapters({ dropsMetadata: true }));
    expect(await outcomeOf(pretender.pull())).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(pretender.heartbeat())).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(pretender.getRun(app.runId))).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(pretender.push(makeReply(sent.message)))).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(pretender.deactivate())).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(pretender.unregister())).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(pretender.activate())).toBe('FAILED_PRECONDITION 2004');
    expect(await outcomeOf(pretender.register())).toBe('FAILED_PRECONDITION 23');
    expect(await node.pullId()).toBe(sent.id);
  });

  it('holds a node to its signature from the first one on', async () => {
    const unsigned = await NodeActor.online(adapters({ dropsMetadata: true }));
    const signed = unsigned.through(cluster.clients);
    expect(await unsigned.pullId()).toBeUndefined();
    expect(await signed.register()).toBe(unsigned.nodeId);
    expect(await signed.pullId()).toBeUndefined();
    expect(await outcomeOf(unsigned.pull())).toBe('UNAUTHENTICATED');
  });

  it('verifies a signature that came along', async () => {
    const node = await NodeActor.online(adapters({ dropsMetadata: true }));
    const request = { node: node.requests.node, messageIds: [] };
    const { 'flwr-timestamp': timestamp, ...others } = node.headers();
    for (const headers of [
      { ...others, 'flwr-timestamp': '2020-01-01T00:00:00+00:00' },
      { 'flwr-timestamp': timestamp! },
      others,
    ]) {
      const call = adapters().call(FleetService.pullMessages, request, headers);
      expect(await outcomeOf(call)).toBe('UNAUTHENTICATED');
    }
  });

  it('takes unsigned calls of Fleet itself from nobody', async () => {
    const unsigned = await NodeActor.online(adapters({ dropsMetadata: true }));
    const request = { node: unsigned.requests.node, messageIds: [] };
    const call = cluster.clients.call(FleetService.pullMessages, request);
    expect(await outcomeOf(call)).toBe('UNAUTHENTICATED');
  });

  it('registers no key that is none', async () => {
    const call = adapters().call(FleetService.registerNode, { publicKey: Buffer.from('key') });
    expect(await outcomeOf(call)).toBe('FAILED_PRECONDITION 22');
  });
});
