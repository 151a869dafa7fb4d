import { setTimeout as pause } from 'node:timers/promises';

import { duringRun } from '../during-run';
import { inEveryWay, type Ways } from '../in-every-way';
import { SIGNS } from '../metrics-watch';

const TERMINATED = 10;
const TERMINATE_EVERY_MILLISECONDS = 500;

/** The ways in which sessions are lost. */
const WAYS: Ways = {
  'fast restart': ({ database }) => database.restart('fast'),
  'immediate restart': ({ database }) => database.restart('immediate'),
  'SIGKILL to a session': async ({ database, random }) => {
    process.kill(random.pick(await database.sessions()), 'SIGKILL');
    await database.untilItAccepts();
  },
  'two sessions a second terminated': async ({ database, random }) => {
    for (let count = 0; count < TERMINATED; count += 1) {
      const next = pause(TERMINATE_EVERY_MILLISECONDS);
      await database.terminate([random.pick(await database.sessions())]);
      await next;
    }
  },
};

export const DATABASE_RESTARTS = duringRun({
  id: 'F12',
  name: 'PostgreSQL restarts fast and immediately, loses a session to SIGKILL, ten to pg_terminate_backend',
  workSeconds: 5,
  shownBy: [SIGNS.databaseErrors],
  mostRecoverySeconds: 5,
  inject: (scene) => inEveryWay(scene, WAYS),
});
