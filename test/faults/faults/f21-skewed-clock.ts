import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { duringRun } from '../during-run';
import { offlineNodes, SHORT_LEASE_SECONDS, shortenLeases } from '../offline-nodes';

/** Debian's package libfaketime, on the machines that it is for. */
const LIBRARIES = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`,
);
/** Seconds by which the replica's clock is wrong, one after the other: it jumps back in between. */
const SKEWS = ['+600', '-600', '-3600'];
/** So long, all together, that each node has to be heard meanwhile. */
const SKEWED_MILLISECONDS = ((SHORT_LEASE_SECONDS + 2) * 1_000) / SKEWS.length;

export const SKEWED_CLOCK = duringRun({
  id: 'F21',
  name: "a replica's clock is 10 min ahead, 10 min behind and an hour behind",
  workSeconds: 12,
  isSeamless: true,
  async inject(scene) {
    const library = LIBRARIES.find((path) => existsSync(path));
    if (library === undefined) return ['libfaketime is not installed'];
    const { proxy, directory, replicas } = scene.federation;
    const file = join(directory, 'faketime');
    const set = (skew: string): void => {
      writeFileSync(file, `${skew}\n`);
    };
    const environment = {
      ...{ LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file },
      ...{ FAKETIME_CACHE_DURATION: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' },
    };
    const victim = scene.random.pick(replicas);
    set(SKEWS[0]!);
    await scene.moment();
    await victim.terminate();
    await victim.start({ environment });
    await proxy.untilAllUp();
    await shortenLeases(scene.database);
    for (const skew of SKEWS) {
      set(skew);
      await pause(SKEWED_MILLISECONDS);
    }
    const offline = await offlineNodes(scene.database);
    await victim.terminate();
    await victim.start();
    return offline;
  },
});
