import { once } from 'node:events';
import { connect } from 'node:net';

import { ControlService } from '../../src/generated/flwr/proto/control';
import { StartRunRequest } from '../../src/generated/flwr/proto/control_run';
import { SimulationConfig } from '../../src/generated/flwr/proto/federation';
import type { Run } from '../../src/generated/flwr/proto/run';
import { ServerAppIoService } from '../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../support/cluster';
import { TINY_FAB } from '../support/fab';
import { outcomeOf } from '../support/rpc-clients';
import { SuperExecActor, type TaskActor } from '../support/task-actor';
import { GUIDE_FAB } from './exec/control-rows';

const FEDERATION = '@none/default';
/** As upstream's simulation SuperLink begins. */
const DEFAULTS = {
  numSupernodes: 2,
  clientResourcesNumCpus: 2,
  clientResourcesNumGpus: 0,
  backend: 'ray',
  verbose: false,
  initArgsNumCpus: undefined,
  initArgsNumGpus: undefined,
  initArgsLoggingLevel: 'WARNING',
  initArgsLogToDriver: true,
  _unknownFields: {},
};

describe('simulations at two replicas', () => {
  const cluster = useCluster({ flags: ['--simulation'] });

  beforeEach(async () => {
    await cluster.query('delete from simulation_config');
  });

  async function configure(
    config: Partial<SimulationConfig>,
    federationName = FEDERATION,
  ): Promise<string> {
    const request = { federationName, config: SimulationConfig.fromPartial(config) };
    const answer = await cluster.clients.call(
      ControlService.configureSimulationFederation,
      request,
    );
    return answer.federationName;
  }

  async function shown(): Promise<SimulationConfig | undefined> {
    const request = { federationName: FEDERATION };
    const { federation } = await cluster.clients.call(ControlService.showFederation, request);
    expect(federation?.simulation).toBe(true);
    return federation?.config;
  }

  async function start(fields: Partial<StartRunRequest> = {}): Promise<bigint> {
    const request = { ...StartRunRequest.fromPartial({ fab: { content: TINY_FAB } }), ...fields };
    return (await cluster.clients.call(ControlService.startRun, request)).runId!;
  }

  const launch = async (runId: bigint): Promise<TaskActor> =>
    new SuperExecActor(cluster.clients).launch(runId);

  async function find(runId: bigint): Promise<Run | undefined> {
    const request = { runId, limit: undefined, skip: 0n };
    const { runDict } = await cluster.clients.call(ControlService.listRuns, request);
    return runDict.get(runId);
  }

  it('have the one federation, configured as upstream begins', async () => {
    const { federations } = await cluster.clients.call(ControlService.listFederations, {});
    expect(federations).toMatchObject([{ name: FEDERATION, simulation: true }]);
    expect(await shown()).toEqual(DEFAULTS);
  });

  it('are configured setting by setting, at either replica, once or twice', async () => {
    expect(await configure({ numSupernodes: 7 })).toBe(FEDERATION);
    for (let time = 1; time <= 2; time += 1) {
      expect(await configure({ verbose: true, initArgsNumCpus: 3 }, '')).toBe(FEDERATION);
    }
    const expected = { ...DEFAULTS, numSupernodes: 7, verbose: true, initArgsNumCpus: 3 };
    expect([await shown(), await shown()]).toEqual([expected, expected]);
    await configure({ verbose: false });
    expect(await shown()).toEqual({ ...expected, verbose: false });
  });

  it('lose no setting when many are configured at once', async () => {
    const settings = [
      { numSupernodes: 11 },
      { clientResourcesNumCpus: 12 },
      { clientResourcesNumGpus: 0.5 },
      { initArgsNumCpus: 13 },
      { initArgsNumGpus: 14 },
      { initArgsLoggingLevel: 'ERROR' },
    ];
    await Promise.all(settings.map(async (each) => configure(each)));
    expect(await shown()).toEqual(Object.assign({ ...DEFAULTS }, ...settings));
  });

  it.each<[string, Partial<SimulationConfig>, string, string]>([
    ['an unknown federation', { numSupernodes: 3 }, '@none/other', 'NOT_FOUND 2'],
    ['NaN', { clientResourcesNumGpus: Number.NaN }, FEDERATION, 'INVALID_ARGUMENT 1003'],
    ['NUL', { numSupernodes: 3, backend: '\0' }, FEDERATION, 'INVALID_ARGUMENT 1003'],
  ])('are not configured with %s', async (_, config, federation, refusal) => {
    expect(await outcomeOf(configure(config, federation))).toBe(refusal);
    expect(await shown()).toEqual(DEFAULTS);
  });

  it('start as configured then, with what the run overrides', async () => {
    await configure({ numSupernodes: 5, initArgsLogToDriver: false });
    const override = SimulationConfig.fromPartial({ numSupernodes: 9, verbose: true });
    const runId = await start({ overrideFederationConfig: override });
    await configure({ numSupernodes: 6, backend: 'other' });
    expect(await find(runId)).toMatchObject({
      primaryTaskType: 'flwr-simulation',
      status: { status: 'pending' },
    });
    const task = await launch(runId);
    const inputs = [await task.input(), await task.input()];
    const expected = {
      ...DEFAULTS,
      numSupernodes: 9,
      verbose: true,
      initArgsLogToDriver: false,
    };
    expect(inputs.map((input) => input.federationConfig)).toEqual([expected, expected]);
    expect((await find(runId))?.status?.status).toBe('running');
  });

  it('do not start with a share of GPUs that is no number', async () => {
    const override = SimulationConfig.fromPartial({ clientResourcesNumGpus: Infinity });
    const runs = await cluster.count('select count(*) from run');
    const outcome = await outcomeOf(start({ overrideFederationConfig: override }));
    expect(outcome).toBe('INVALID_ARGUMENT 1003');
    expect(await cluster.count('select count(*) from run')).toBe(runs);
  });

  it('tell logs and their end, which counts once when it is told twice', async () => {
    const task = await launch(await start());
    await task.input();
    expect(await task.heartbeat()).toBe(true);
    await task.logs('simulated\n');
    const end = { clientappRuntime: 12.5, details: '' };
    for (let time = 1; time <= 2; time += 1) await task.output(end);
    expect(await find(task.runId)).toMatchObject({
      status: { status: 'finished', subStatus: 'completed' },
      clientappRuntime: 12.5,
    });
    const request = { runId: task.runId, afterTimestamp: 0 };
    let log = '';
    for await (const message of cluster.clients.stream(ControlService.streamLogs, request)) {
      log += message.logOutput;
    }
    expect(log).toBe('simulated\n');
  });

  it('stop at either replica, and their process is told so', async () => {
    const task = await launch(await start());
    await task.input();
    const { success } = await cluster.clients.call(ControlService.stopRun, { runId: task.runId });
    expect(success).toBe(true);
    expect(await outcomeOf(task.heartbeat())).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(task.heartbeat())).toBe('UNAUTHENTICATED'); // by the other one
    expect((await find(task.runId))?.status).toMatchObject({ subStatus: 'stopped' });
  });

  it('leave agents as they are', async () => {
    const fab = { hashStr: '', content: GUIDE_FAB, verifications: new Map<string, string>() };
    const runId = await start({ fab, userPrompt: 'hello' });
    expect((await find(runId))?.primaryTaskType).toBe('flwr-agentapp');
    const input = await (await launch(runId)).input();
    expect(input.federationConfig).toBeUndefined();
  });

  it('offer SuperNodes no port', async () => {
    for (const { addresses } of cluster.replicas) {
      const [host = '', port = ''] = addresses.fleet.split(':');
      const [failure] = (await once(connect(Number(port), host), 'error')) as [{ code: string }];
      expect(failure.code).toBe('ECONNREFUSED');
    }
  });

  it('may ask for no federation options: no stock program does', async () => {
    const task = await launch(await start());
    const { getFederationOptions } = ServerAppIoService;
    const asked = task.call(getFederationOptions, { runId: task.runId });
    expect(await outcomeOf(asked)).toBe('UNIMPLEMENTED');
  });
});
