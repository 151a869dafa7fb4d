import { rm } from 'node:fs/promises';

import { inject } from 'vitest';

import { type Child, Household } from '../../../scripts/flower/processes.mjs';
import { HouseholdReplica } from '../../support/household-replica';
import { createDatabase } from '../../support/postgres';
import { newFolder } from '../../support/superlink-program';
import { memoryOf } from '../replica-record';
import { withoutRun } from '../without-run';

const NODES = 10_000;
const REPLICAS = 3;
/** Empty polls are answered at once: so the first answer tells when a node is served. */
const FLAGS = ['--insecure', '--log-level', 'info', '--node-hold-seconds', '0'];
/** Plays SuperNodes that all come within one second, and come again after UNAVAILABLE, as stock ones do. */
const LOAD = 'bench/overload-load.mjs';
const LONGEST_MILLISECONDS = 240_000;
const STEADY_MILLISECONDS = 30_000;
const MOST_MEMORY_MIB = 512;
/** Above the processes that are measured. */
const STAGE = 2;

interface Counts {
  readonly refused: number;
  readonly failed: number;
  readonly lostHeartbeats?: number;
  readonly lastFailure: string;
  /** Of each node, from the beginning until it was served. */
  readonly takenMs: readonly number[];
}

interface Servers {
  readonly household: Household;
  readonly databaseUrl: string;
  readonly replicas: readonly HouseholdReplica[];
}

async function startServers(household: Household, databaseUrl: string): Promise<Servers> {
  const main = inject('superlinkProgram');
  const starts = Array.from({ length: REPLICAS }, (_, index) =>
    HouseholdReplica.start({ household, index, main, databaseUrl, flags: FLAGS }),
  );
  return { household, databaseUrl, replicas: await Promise.all(starts) };
}

/** A process with the nodes of one replica; resolves when they are ready to come. */
async function startLoad(servers: Servers, replica: HouseholdReplica): Promise<Child> {
  const name = `load-${replica.index + 1}`;
  const args = [
    LOAD,
    'storm',
    `127.0.0.1:${replica.ports.http}`,
    String(Math.ceil(NODES / REPLICAS)),
  ];
  const env = { ...process.env, FLWR_DATABASE: servers.databaseUrl };
  const child = servers.household.start(name, process.execPath, args, { env, stage: STAGE });
  await child.waitForLine(/"ready"/, LONGEST_MILLISECONDS);
  return child;
}

async function countsOf(child: Child): Promise<Counts> {
  const { text } = await child.waitForLine(/"event":"done"/, LONGEST_MILLISECONDS);
  return JSON.parse(text) as Counts;
}

async function storm(servers: Servers): Promise<{ broken: string[]; told: string[] }> {
  const loads = await Promise.all(servers.replicas.map((replica) => startLoad(servers, replica)));
  for (const { pid } of loads) process.kill(pid, 'SIGUSR2');
  const counts = await Promise.all(loads.map(countsOf));
  const taken = counts.flatMap(({ takenMs }) => takenMs).toSorted((one, other) => one - other);
  const [half, last] = [taken[taken.length >> 1]!, taken.at(-1)!];
  const refused = counts.reduce((sum, each) => sum + each.refused, 0);
  const lost = counts.reduce((sum, { lostHeartbeats = 0 }) => sum + lostHeartbeats, 0);
  const failures = counts.filter(({ failed }) => failed > 0);
  const memory = servers.replicas.map(({ pid }) => memoryOf(pid));
  return {
    broken: [
      ...failures.map(({ failed, lastFailure }) => `${failed} other failures: ${lastFailure}`),
      ...(last <= STEADY_MILLISECONDS ? [] : [`the last one was served after ${last} ms`]),
      ...(Math.max(...memory) <= MOST_MEMORY_MIB ? [] : [`replicas have ${memory.join(', ')} MiB`]),
    ],
    told: [
      `half were served after ${(half / 1_000).toFixed(1)} s, all after ${(last / 1_000).toFixed(1)} s`,
      `${refused} refusals, ${lost} heartbeats without an answer in 5 s, ${memory.join(', ')} MiB`,
    ],
  };
}

export const RECONNECTS = withoutRun({
  id: 'F29',
  name: '10,000 SuperNodes come back within one second',
  async play() {
    const directory = newFolder('storm');
    const database = await createDatabase();
    const household = new Household(directory);
    try {
      return await storm(await startServers(household, database.url));
    } finally {
      await household.stop();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    }
  },
});
