import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Federation } from '../../../scripts/flower/federation.mjs';
import { freePorts } from '../../../scripts/flower/ports.mjs';
import {
  ensureFlower,
  NEWEST_FLOWER,
  STOCK_FLOWER,
} from '../../../scripts/flower/stock-environment.mjs';
import { duringRun } from '../during-run';
import { FakeClock } from '../fake-clock';
import type { Scene } from '../fault';

/** Seconds beyond what a signature may be ahead or behind. */
const SKEWS = ['+600', '-600'];
/** A held poll comes to its end before; the next call is refused. */
const REFUSED_MILLISECONDS = 60_000;

/** A stock federation's programs of one release, by another clock. */
async function withClock(
  { federation }: Scene,
  version: string,
  clock: FakeClock,
): Promise<Federation> {
  const { household, proxy, directory } = federation;
  const stock = await ensureFlower({ version });
  const env = (home: string): NodeJS.ProcessEnv => ({ ...stock.env(home), ...clock.environment });
  return new Federation({
    household,
    flower: { ...stock, env },
    addresses: proxy.addresses,
    directory: join(directory, 'skewed'),
  });
}

export const SKEWED_SUPERNODE = duringRun({
  id: 'F22',
  name: 'the clock of one more SuperNode jumps by 10 min, ahead or back',
  workSeconds: 10,
  isSeamless: true,
  async inject(scene) {
    const { random, federation } = scene;
    const clock = FakeClock.in(federation.directory);
    if (clock === undefined) return ['libfaketime is not installed'];
    const [version, skew] = [random.pick([STOCK_FLOWER, NEWEST_FLOWER]), random.pick(SKEWS)];
    const skewed = await withClock(scene, version, clock);
    const [port = 0] = await freePorts(1);
    const node = skewed.startSuperNode(0, 1, port, { name: 'skewed-supernode' });
    const nodeId = await skewed.nodeId(node);
    clock.set(skew);
    const late = pause(REFUSED_MILLISECONDS, undefined, { ref: false });
    const ended = await Promise.race([node.exited, late]);
    const told = node.lines.filter(({ text }) => /UNAUTHENTICATED|401|rror/.test(text));
    scene.tell(`${version}, ${skew} s: it ended with ${ended?.code}: ${told.at(-1)?.text ?? ''}`);
    await node.stop();
    // else the next run would take it for a node that is online
    await federation.clients.flwr(['supernode', 'unregister', nodeId]);
    return ended === undefined ? ['the SuperNode whose calls are refused goes on'] : [];
  },
});
