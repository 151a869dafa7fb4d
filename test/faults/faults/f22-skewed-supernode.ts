import { renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Federation } from '../../../scripts/flower/federation.mjs';
import { freePorts } from '../../../scripts/flower/ports.mjs';
import { ensureFlower } from '../../../scripts/flower/stock-environment.mjs';
import { duringRun } from '../during-run';
import type { Scene } from '../fault';

/** Has a Python tell another time: libfaketime, which would do for all programs, breaks its `time.sleep`. */
const SKEWED_CLOCK = resolve('test/fixtures/skewed-clock');
/** Seconds beyond what a signature may be ahead or behind. */
const SKEWS = [600, -600];
/** A held poll comes to its end before; the next call is refused. */
const REFUSED_MILLISECONDS = 60_000;

/** One more federation of stock programs, whose clocks are wrong by the seconds in a file. */
async function skewedFederation(
  { federation }: Scene,
  version: string,
  skewFile: string,
): Promise<Federation> {
  const { household, proxy, directory } = federation;
  const stock = await ensureFlower({ version });
  const skewed = { PYTHONPATH: SKEWED_CLOCK, SKEW_FILE: skewFile };
  const env = (home: string): NodeJS.ProcessEnv => ({ ...stock.env(home), ...skewed });
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
  workSeconds: 12,
  isSeamless: true,
  provokes: [/^Fleet\/\w+ UNAUTHENTICATED$/],
  async inject(scene) {
    const { random, federation } = scene;
    const skewFile = join(federation.directory, 'skew');
    writeFileSync(skewFile, '0');
    const version = random.pick(federation.releases.superNodes);
    const skewed = await skewedFederation(scene, version, skewFile);
    const [port = 0] = await freePorts(1);
    const node = skewed.startSuperNode(0, 1, port, { name: 'skewed-supernode' });
    const nodeId = await skewed.nodeId(node);
    const skew = random.pick(SKEWS);
    // at once: the node reads it at any moment
    writeFileSync(`${skewFile}.new`, String(skew));
    renameSync(`${skewFile}.new`, skewFile);
    const late = pause(REFUSED_MILLISECONDS, undefined, { ref: false });
    const ended = await Promise.race([node.exited, late]);
    const isEarly = scene.isFinished ? ['the run ended before'] : [];
    scene.tell(`${version}, ${skew} s: ended with ${ended?.code}\n${node.tail()}`);
    await node.stop();
    // else the next run would take it for a node that is online
    await federation.clients.flwr(['supernode', 'unregister', nodeId]);
    return ended === undefined ? ['the SuperNode whose calls are refused goes on'] : isEarly;
  },
});
