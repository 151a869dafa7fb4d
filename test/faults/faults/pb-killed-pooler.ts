import { setTimeout as pause } from 'node:timers/promises';

import { PgBouncer } from '../../support/pgbouncer';
import { duringRun } from '../during-run';
import { SIGNS } from '../metrics-watch';

const AWAY_MILLISECONDS = 2_000;

export const KILLED_POOLER = duringRun({
  id: 'PB',
  name: "a replica's PgBouncer in transaction mode gets SIGKILL and comes back 2 s later",
  workSeconds: 4,
  shownBy: [SIGNS.databaseErrors],
  mostStallSeconds: 5,
  mostRecoverySeconds: 5,
  async inject(scene) {
    const { database, federation } = scene;
    const pooler = await PgBouncer.start(database.url);
    const victim = federation.replicas[0]!;
    try {
      await victim.terminate();
      const flags = ['--database-direct', database.url];
      await victim.start({ databaseUrl: pooler.url, flags });
      await federation.proxy.untilAllUp();
      await scene.nextMoment();
      await pooler.kill();
      await pause(AWAY_MILLISECONDS);
      await pooler.start();
      await scene.untilRecovered();
      await federation.proxy.untilAllUp();
      await scene.nextMoment();
      return [];
    } finally {
      await victim.terminate();
      await victim.start();
      await pooler.close();
    }
  },
});
