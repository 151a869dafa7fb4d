import { addressFor } from '../../scripts/flower/generation.mjs';
import { waitUntil } from '../../scripts/flower/ports.mjs';
import { ensureFlower } from '../../scripts/flower/stock-environment.mjs';
import type { HouseholdReplica } from '../support/household-replica';
import { running } from '../support/running-programs';
import { TOY } from '../support/stock-federation';
import { type FederationOfTests, useStockFederation } from '../support/use-stock-federation';
import { expectWholeLog } from './whole-run';

const FEDERATION = '@none/default';
const CONFIGURED = 5;
const SIMULATED = 3;
const ROUNDS = 2;
const WORK_SECONDS = 2;
const CONFIG = { rounds: ROUNDS, 'min-nodes': SIMULATED, 'client-delay': WORK_SECONDS };
const RUN_MILLISECONDS = 300_000;
/** The process of a simulation asks for nothing: it learns of its end from its next heartbeat, up to 22.5 s later. */
const STOP_MILLISECONDS = 60_000;

/** Registers the tests of simulations by stock programs of one release, from the command line to Ray. */
export function describeSimulation(version: string): void {
  describe(`stock simulations of Flower ${version}`, () => {
    const releases = { cli: version, superExec: version, superNodes: [] };
    const flags = ['--insecure', '--simulation'];
    const here = useStockFederation(() => Promise.resolve({ releases, flags }));

    beforeAll(async () => {
      const flower = await ensureFlower({ version, simulation: true });
      here.federation.clients.startSuperExec({ flower, plugin: 'simulation' });
    });

    it('are configured with the command line', () => configure(here));
    it('come to their end although a replica is killed', () => playKilled(here));
    it('end with `flwr stop`, their process too', () => stop(here, version));
  });
}

async function configure({ federation: { clients } }: FederationOfTests): Promise<void> {
  const settings = ['--num-supernodes', String(CONFIGURED), '--client-resources-num-cpus', '1'];
  await clients.json(['federation', 'simulation-config', FEDERATION, 'here', ...settings]);
  const { federation } = await clients.json(['federation', 'list', '--federation', FEDERATION]);
  expect(federation).toMatchObject({
    simulation: true,
    'simulation-config': {
      num_supernodes: CONFIGURED,
      client_resources_num_cpus: 1,
      backend: 'ray',
    },
  });
}

/** The replica that dies amid a round is the one that the simulation's process has called last. */
async function playKilled({ federation, ledger }: FederationOfTests): Promise<void> {
  const { clients, replicas } = federation;
  let called: HouseholdReplica | undefined;
  for (const replica of replicas) {
    replica.on('rpc', ({ method }) => {
      if (method.endsWith('/PushLogs')) called = replica;
    });
  }
  const runId = await clients.run(TOY, CONFIG, { 'num-supernodes': SIMULATED });
  const finished = ledger.untilFinished(runId, RUN_MILLISECONDS);
  const follower = clients.follow(runId);
  await follower.waitForLine(/^round 1 took/, RUN_MILLISECONDS);
  const victim = called!;
  victim.kill();
  await victim.ended();
  await victim.start();
  await finished;
  await follower.waitForEnd(RUN_MILLISECONDS);

  const { run, result, lines } = await clients.outcome(runId);
  expect(run.status).toBe('finished:completed');
  const replies = SIMULATED * ROUNDS;
  expectWholeLog(lines, ROUNDS);
  const whole = { nodes: SIMULATED, replies, errors: [], lost: 0, doubled: 0 };
  expect(result).toMatchObject(whole);
  const times = (run as unknown as Record<'compute-time', Record<'clientapp-seconds', number>>)[
    'compute-time'
  ];
  expect(times['clientapp-seconds']).toBeGreaterThan(replies * WORK_SECONDS);
  expect(federation.endedClients).toEqual([]);
}

async function stop({ federation, ledger }: FederationOfTests, version: string): Promise<void> {
  const { clients } = federation;
  const runId = await clients.run(TOY, { ...CONFIG, 'client-delay': 600 });
  const follower = clients.follow(runId);
  await follower.waitForLine(/^round 1 begins/, RUN_MILLISECONDS);
  const address = addressFor('superExec', version, federation.proxy.addresses);
  const processes = (): string[] => running('flwr-simulation', address);
  expect(processes()).not.toEqual([]);

  await clients.json(['stop', runId]);
  await ledger.untilFinished(runId, STOP_MILLISECONDS);
  await follower.waitForEnd(STOP_MILLISECONDS);
  expect(await clients.show(runId)).toMatchObject({ status: 'finished:stopped' });
  const isGone = (): boolean => processes().length === 0;
  await waitUntil('the end of the simulation', isGone, { timeoutMs: STOP_MILLISECONDS });
  expect(federation.endedClients).toEqual([]);
}
