import { behindHaProxy } from '../behind-haproxy';
import { loseEach, LOST_TO_NODES, untilLost } from '../lost-answers';
import { SIGNS } from '../metrics-watch';

/**
 * What docker/haproxy.cfg leaves out, for the sake of requests with a nonce: of those there are none here. HAProxy repeats
 * what it has whole before it sends it, and stock clients send the head of a request first: so it is to wait, with room.
 */
const REPLAY = [
  ...['option abortonclose', 'option http-buffer-request'],
  'retry-on conn-failure empty-response',
];
const ROOM_BYTES = 262_144;

const replaying = (configuration: string): string =>
  configuration
    .replace(/^global\n/m, `global\n    tune.bufsize ${ROOM_BYTES}\n`)
    .replace('    option abortonclose\n', REPLAY.map((line) => `    ${line}\n`).join(''));
const asItIs = (configuration: string): string => configuration;

export const REPLAYED_REQUESTS = behindHaProxy({
  id: 'F4',
  name: 'the balancer sends each request over HTTP again whose answer is swallowed',
  workSeconds: 1,
  shownBy: [SIGNS.redeliveries],
  rounds: 3,
  mostStallSeconds: 3,
  async prepare({ orders }, random, proxy) {
    await proxy.restartWith(replaying);
    loseEach(orders, random, 'http');
  },
  async inject(scene, proxy) {
    await scene.untilFinished();
    const replays = await proxy.retries('http');
    scene.tell(`${replays} requests replayed`);
    await proxy.restartWith(asItIs);
    const tooFew = `${replays} requests replayed, not the ${LOST_TO_NODES} of nodes over HTTP`;
    return [...(await untilLost(scene.orders)), ...(replays >= LOST_TO_NODES ? [] : [tooFew])];
  },
});
