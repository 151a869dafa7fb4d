import { NEWEST_FLOWER, STOCK_FLOWER } from '../../scripts/flower/stock-environment.mjs';
import { startCaddy, startNginx } from '../support/plain-balancers';
import { RpcWatch } from '../support/rpc-watch';
import { CLIENT_RETRY, TOY, uniform } from '../support/stock-federation';
import { useStockFederationBehind } from '../support/use-stock-federation';
import { expectWholeRun } from './whole-run';

const ROUNDS = 6;
/** As many as a restart of all replicas needs. */
const LONG_ROUNDS = 8;
const RUN_MILLISECONDS = 180_000;
const CONFIG = { rounds: ROUNDS, 'payload-kb': 256, 'reply-kb': 256 };

/** Replicas are killed as they have carried out such a call, whose answer may have got out or not, in this order. */
const FATAL_CALLS = [
  ['Fleet/PullObject', 2],
  ['Task/PullObject', 2],
] as const;

/** HAProxy is the balancer of all other tests. This nginx looks at no probes, so that drains surprise it. */
const PLAYED = [
  { balancer: 'nginx', start: startNginx, release: STOCK_FLOWER, looksAtProbes: false },
  { balancer: 'nginx', start: startNginx, release: NEWEST_FLOWER, looksAtProbes: false },
  { balancer: 'Caddy', start: startCaddy, release: NEWEST_FLOWER, looksAtProbes: true },
];

describe.each(PLAYED)('Flower $release behind $balancer', ({ start, release, looksAtProbes }) => {
  const options = { releases: uniform(release) };
  const here = useStockFederationBehind(start, () => Promise.resolve(options));

  beforeAll(() => here.federation.startClients());

  it('plays a whole run while replicas get SIGKILL', async () => {
    const { federation, ledger } = here;
    const runId = await federation.clients.run(TOY, CONFIG);
    const finished = ledger.untilFinished(runId, RUN_MILLISECONDS);
    for (const [method, count] of FATAL_CALLS) {
      const watch = new RpcWatch(federation.replicas);
      const victim = await Promise.race([watch.nth(method, count), finished]);
      watch.close();
      if (victim === undefined) throw new Error('the run ended before its replicas died');
      victim.kill();
      await victim.ended();
      await victim.start();
    }
    await finished;

    await expectWholeRun(federation, ledger, runId, ROUNDS);
    expect(federation.clientFailures).toEqual([]);
    expect(federation.endedClients).toEqual([]);
  });

  if (!looksAtProbes) return;

  it('has nothing to send again while replicas are restarted one by one', async () => {
    const { federation, ledger } = here;
    const begun = Date.now();
    const runId = await federation.clients.run(TOY, { rounds: LONG_ROUNDS, 'client-delay': 2 });
    const finished = ledger.untilFinished(runId, RUN_MILLISECONDS);
    let isFinished = false;
    void finished.then(() => (isFinished = true));
    for (const replica of federation.replicas) {
      const { code } = await replica.terminate();
      expect({ code, isFinished }).toEqual({ code: 0, isFinished: false });
      await replica.start();
      await federation.proxy.untilAllUp();
    }
    await finished;

    await expectWholeRun(federation, ledger, runId, LONG_ROUNDS);
    expect(federation.linesOfClients(CLIENT_RETRY, begun)).toEqual([]);
    expect(federation.endedClients).toEqual([]);
  });
});
