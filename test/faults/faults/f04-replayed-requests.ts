import { duringRun } from '../during-run';
import { loseEach, notLost } from '../lost-answers';

/** What docker/haproxy.cfg leaves out, for the sake of requests with a nonce: of those there are none here. */
const REPLAY = '    option abortonclose\n    retry-on conn-failure empty-response\n';

const replaying = (configuration: string): string =>
  configuration.replace('    option abortonclose\n', REPLAY);
const asItIs = (configuration: string): string => configuration;

export const REPLAYED_REQUESTS = duringRun({
  id: 'F4',
  name: 'the balancer sends each request over HTTP again whose answer is swallowed',
  workSeconds: 1,
  rounds: 3,
  mostStallSeconds: 3,
  async prepare({ orders, federation }, random) {
    await federation.proxy.restartWith(replaying);
    loseEach(orders, random, 'http');
  },
  async inject(scene) {
    const { proxy } = scene.federation;
    await scene.untilFinished();
    const replays = await proxy.retries('http');
    scene.tell(`${replays} requests replayed`);
    await proxy.restartWith(asItIs);
    return [...notLost(scene.orders), ...(replays > 0 ? [] : ['HAProxy replayed no request'])];
  },
});
