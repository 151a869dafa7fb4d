import { generateKeyPairSync, sign, verify } from 'node:crypto';
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
/** Plays SuperNodes that were there, all come back within one second, and come again after UNAVAILABLE, as stock ones do. */
const LOAD = 'bench/overload-load.mjs';
const LONGEST_MILLISECONDS = 240_000;
const STEADY_MILLISECONDS = 30_000;
const MOST_MEMORY_MIB = 512;
/** Of as many heartbeats as there are nodes: those that their clients took for lost, and sent again. */
const MOST_LOST_HEARTBEATS = NODES / 100;
/** What bounds a storm is how fast the machine is at looking at signatures. */
const MEASURED_SIGNATURES = 200;
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

/** How many signatures of SuperNodes one core looks at in a second. */
function signaturesASecond(): number {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const text = Buffer.from('a time');
  const signature = sign('sha256', text, privateKey);
  const from = performance.now();
  for (let count = 0; count < MEASURED_SIGNATURES; count += 1) {
    verify('sha256', text, publicKey, signature);
  }
  return Math.round((MEASURED_SIGNATURES / (performance.now() - from)) * 1000);
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
      ...(lost <= MOST_LOST_HEARTBEATS ? [] : [`${lost} heartbeats had no answer within 5 s`]),
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
    const signatures = signaturesASecond(); // before anybody else wants the core
    const directory = newFolder('storm');
    const database = await createDatabase();
    const household = new Household(directory);
    try {
      const { broken, told } = await storm(await startServers(household, database.url));
      return { broken, told: [...told, `a core looks at ${signatures} signatures a second here`] };
    } finally {
      await household.stop();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    }
  },
});
