import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { startPostgres } from '../../scripts/demo/postgres.mjs';
import { freePorts } from '../../scripts/flower/ports.mjs';
import { Household } from '../../scripts/flower/processes.mjs';
import { StockFederation, TOY } from '../support/stock-federation';
import { newFolder } from '../support/superlink-program';

const ROUNDS = 3;
const RUN_MILLISECONDS = 240_000;

describe('a PostgreSQL that is restarted in the middle of a run', () => {
  const directory = newFolder('e2e-postgres');
  const household = new Household(directory);
  let federation: StockFederation;

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    const home = join(directory, 'postgres');
    mkdirSync(home);
    const databaseUrl = await startPostgres({ household, directory: home, port });
    federation = await StockFederation.start({ databaseUrl });
    await federation.startClients();
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(`${federation.describe()}\n`);
  });
  afterAll(async () => {
    await federation.stop();
    await household.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('delays the run and ends nobody', async () => {
    const { clients } = federation;
    const runId = await clients.run(TOY, { rounds: ROUNDS, 'client-delay': 2 });
    const [node] = clients.nodes;
    const working = await node!.waitForLine(/Start `flwr-clientapp` process/, RUN_MILLISECONDS);
    await node!.waitForLine(/Start `flwr-clientapp` process/, RUN_MILLISECONDS, working);

    const postgres = household.find('postgres')!;
    // A fast shutdown: sessions are cut, what was committed is on disk.
    postgres.kill('SIGINT');
    const again = await household.startAgain(postgres);
    await again.waitForLine(/ready to accept connections/);

    const { run, result } = await clients.waitForEnd(runId, RUN_MILLISECONDS);
    expect(run.status).toBe('finished:completed');
    expect(result).toMatchObject({
      replies: federation.nodeCount * ROUNDS,
      errors: [],
      lost: 0,
      doubled: 0,
    });
    expect(federation.clientFailures).toEqual([]);
    expect(federation.endedClients).toEqual([]);
    expect(federation.replicas.filter((replica) => !replica.isRunning)).toEqual([]);
  });
});
