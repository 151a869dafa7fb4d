import { setTimeout as pause } from 'node:timers/promises';

import { waitUntil } from '../../../scripts/flower/ports.mjs';
import type { HouseholdReplica } from '../../support/household-replica';
import { duringRun } from '../during-run';
import { SIGNS } from '../metrics-watch';

const AWAY_MILLISECONDS = 5_000;
const ANSWERS_MILLISECONDS = 30_000;
/** It loads and starts all of itself meanwhile, beside clients that all come again. */
const READY_MILLISECONDS = 15_000;

/** Status of a probe; 0: nobody answers. */
async function probe({ ports }: HouseholdReplica, name: string): Promise<number> {
  return fetch(`http://127.0.0.1:${ports.http}/health/${name}`).then(
    ({ status }) => status,
    () => 0,
  );
}

/** What is wrong with what it tells of itself while it waits. */
async function whileItWaits(replica: HouseholdReplica): Promise<string[]> {
  const limits = { timeoutMs: ANSWERS_MILLISECONDS };
  await waitUntil('an answer', async () => (await probe(replica, 'live')) === 200, limits);
  await pause(AWAY_MILLISECONDS);
  const isAlive = replica.isRunning && (await probe(replica, 'live')) === 200;
  const readiness = await probe(replica, 'ready');
  return [
    ...(isAlive ? [] : ['a replica without a database does not stay alive']),
    ...(readiness === 503 ? [] : [`its readiness is ${readiness}`]),
  ];
}

export const LATE_DATABASE = duringRun({
  id: 'F25',
  name: 'a replica is killed and starts while PostgreSQL is away',
  workSeconds: 5,
  shownBy: [SIGNS.newProcess, SIGNS.noDatabase],
  rounds: 2,
  mostRecoverySeconds: 5,
  async inject(scene) {
    const { primary } = scene.database;
    const victim = await scene.moment();
    await primary.stop();
    victim.kill();
    await victim.ended();
    const started = victim.start();
    const broken = await whileItWaits(victim).catch((thrown: unknown) => [String(thrown)]);
    await primary.start();
    const back = performance.now();
    await started;
    const late = performance.now() - back;
    await scene.untilRecovered();
    return late <= READY_MILLISECONDS
      ? broken
      : [...broken, `ready ${late} ms after PostgreSQL was there`];
  },
});
