import { AcquireTaskRequest } from '../../src/generated/flwr/proto/app_task';
import { ControlService } from '../../src/generated/flwr/proto/control';
import { ListRunsRequest } from '../../src/generated/flwr/proto/control_run';
import { FleetService } from '../../src/generated/flwr/proto/fleet';
import { GetRunRequest } from '../../src/generated/flwr/proto/run';
import { ServerAppIoService } from '../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../support/cluster';
import { NodeActor } from '../support/node-actor';
import { type Headers, outcomeOf, type UnaryMethod } from '../support/rpc-clients';
import { startRun, SuperExecActor, TaskActor } from '../support/task-actor';

const RELEASE = {
  node: 'select release from node where uint64_text(node_id) = $1',
  taskOfRun: 'select release from task where uint64_text(run_id) = $1',
  task: 'select release from task where uint64_text(task_id) = $1',
};

/** What a stock component sends on every call. */
function flower(version: string, component: string, packageName = 'flwr'): Headers {
  return {
    'flwr-package-name': packageName,
    'flwr-package-version': version,
    'flwr-component-name': component,
  };
}

describe('the release that a client says it is', () => {
  const cluster = useCluster({ flags: ['--log-level', 'debug'] });

  /** The same call over HTTP: status and body. */
  async function post(
    path: string,
    body: Uint8Array,
    headers: Headers,
  ): Promise<[number, string, string]> {
    const response = await fetch(`http://${cluster.replicas[0]!.addresses.http}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/protobuf', ...(headers as Record<string, string>) },
    });
    return [response.status, response.headers.get('content-type') ?? '', await response.text()];
  }

  function callAs<Request, Response>(
    node: NodeActor,
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers,
  ): Promise<Response> {
    return cluster.clients.call(method, request, { ...node.headers(), ...headers });
  }

  async function releaseOf(table: 'node' | 'task', id: bigint): Promise<string | null> {
    const [row] = await cluster.query<{ release: string | null }>(RELEASE[table], [String(id)]);
    return row!.release;
  }

  it('is kept for a node, and renewed by its own calls', async () => {
    const node = new NodeActor(cluster.clients);
    const { publicKey } = node;
    const heartbeat = { heartbeatInterval: 30 };
    const { registerNode, activateNode, sendNodeHeartbeat } = FleetService;
    const old = flower('1.33.0', 'SuperNode');
    ({ nodeId: node.nodeId } = await callAs(node, registerNode, { publicKey }, old));
    expect(await releaseOf('node', node.nodeId)).toBe('flwr 1.33.0');
    await callAs(node, activateNode, { publicKey, ...heartbeat }, flower('1.36.0', 'SuperNode'));
    expect(await releaseOf('node', node.nodeId)).toBe('flwr 1.36.0');
    const newer = flower('1.39.0.dev20261123', 'SuperNode', 'flwr-nightly');
    await callAs(node, sendNodeHeartbeat, { node: node.requests.node, ...heartbeat }, newer);
    expect(await releaseOf('node', node.nodeId)).toBe('flwr-nightly 1.39.0.dev20261123');
    await node.register();
    await node.activate();
    await node.heartbeat();
    expect(await releaseOf('node', node.nodeId)).toBe('flwr-nightly 1.39.0.dev20261123');
  });

  it('is kept for a task: who claimed it, then who runs it', async () => {
    const runId = await startRun(cluster.clients);
    const superExec = new SuperExecActor(cluster.clients);
    const { taskId } = (await superExec.pending()).find((task) => task.runId === runId)!;
    const { claimTask, pullTaskInput } = ServerAppIoService;
    const claimer = flower('1.33.0', 'SuperExec');
    const { token } = await cluster.clients.call(claimTask, { taskId }, claimer);
    expect(await releaseOf('task', taskId)).toBe('flwr 1.33.0');
    const task = new TaskActor(cluster.clients, { runId, taskId, token: token! });
    const runner = flower('1.32.1', 'flwr-serverapp');
    await cluster.clients.call(pullTaskInput, {}, { ...task.headers, ...runner });
    expect(await releaseOf('task', taskId)).toBe('flwr 1.32.1');
    await task.input();
    expect(await releaseOf('task', taskId)).toBe('flwr 1.32.1');
  });

  it('is kept for a task that was handed out by choice', async () => {
    const runId = await startRun(cluster.clients);
    const request = { supportedTaskTypes: ['flwr-serverapp'], agentappFabHashes: [] };
    const body = Buffer.from(AcquireTaskRequest.encode(request).finish());
    const acquirer = flower('1.41.0', 'SuperExec');
    expect((await post('/v1/runtime/acquire-task', body, acquirer))[0]).toBe(200);
    expect(await cluster.query(RELEASE.taskOfRun, [String(runId)])).toEqual([
      { release: 'flwr 1.41.0' },
    ]);
  });

  async function logOf(method: string): Promise<unknown[]> {
    return vi.waitFor(() => {
      const lines = cluster.replicas[0]!.log.filter((line) => line.includes(method));
      expect(lines).toHaveLength(2);
      return lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .map(({ transport, release, component, failure }) => {
          return { transport, release, component, failure };
        });
    });
  }

  it('stands in the line of every call, over both wires', async () => {
    const request = ListRunsRequest.fromPartial({});
    await cluster.connect([0]).call(ControlService.listRuns, request, flower('1.36.0', 'flwr CLI'));
    const body = ControlService.listRuns.requestSerialize(request);
    const [status] = await post('/v1/control/list-runs', body, flower('1.42.0', 'flwr CLI'));
    expect(status).toBe(200);
    expect(await logOf('Control/ListRuns')).toEqual([
      { transport: 'grpc', release: 'flwr 1.36.0', component: 'flwr CLI' },
      { transport: 'http', release: 'flwr 1.42.0', component: 'flwr CLI' },
    ]);
  });

  it('stands in the line of a call that is refused before anything happens, too', async () => {
    const request = GetRunRequest.fromPartial({ node: { nodeId: 1n }, runId: 1n });
    const unsigned = flower('1.36.0', 'SuperNode');
    const call = cluster.connect([0]).call(FleetService.getRun, request, unsigned);
    expect(await outcomeOf(call)).toBe('UNAUTHENTICATED');
    const body = FleetService.getRun.requestSerialize(request);
    const [status] = await post('/v1/fleet/get-run', body, unsigned);
    expect(status).toBe(401);
    const line = { release: 'flwr 1.36.0', component: 'SuperNode', failure: 'UNAUTHENTICATED' };
    expect(await logOf('Fleet/GetRun')).toEqual([
      { ...line, transport: 'grpc' },
      { ...line, transport: 'http' },
    ]);
  });

  it('is refused below 1.30 with 1001 and the way out, before anything happens', async () => {
    const node = new NodeActor(cluster.clients);
    const { publicKey } = node;
    const tooOld = flower('1.29.0', 'SuperNode');
    const call = callAs(node, FleetService.registerNode, { publicKey }, tooOld);
    expect(await outcomeOf(call)).toBe('FAILED_PRECONDITION 1001');
    const details = await call.catch((error: unknown) => (error as Error).message);
    expect(details).toContain('flwr 1.29.0');
    expect(details).toContain('pip install --upgrade');
    expect(
      await cluster.count('select count(*) from node where public_key = $1', [publicKey]),
    ).toBe(0);

    const body = ServerAppIoService.pullPendingTasks.requestSerialize({});
    const path = '/v1/runtime/pull-pending-tasks';
    const [status, type, text] = await post(
      path,
      body,
      flower('1.28.1', 'SuperExec', 'flwr-nightly'),
    );
    expect([status, type]).toEqual([412, expect.stringContaining('application/json')]);
    expect(JSON.parse(text)).toMatchObject({
      code: 1001,
      extra: expect.stringContaining('flwr-nightly 1.28.1') as unknown,
    });
  });

  it.each([
    ['missing', {}],
    ['those of a Flower without its metadata', flower('unknown', 'SuperNode', 'unknown')],
    ['incomplete', { 'flwr-package-version': '1.2.0' }],
    ['no version at all', flower('one', 'SuperNode')],
  ])('may be %s', async (_, headers) => {
    const node = new NodeActor(cluster.clients);
    const { publicKey } = node;
    const { nodeId } = await callAs(node, FleetService.registerNode, { publicKey }, headers);
    expect(await releaseOf('node', nodeId)).toBeNull();
  });
});
