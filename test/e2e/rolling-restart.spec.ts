import { inject } from 'vitest';

import { waitUntil } from '../../scripts/flower/ports.mjs';
import { makeNextRelease } from '../support/next-release';
import { running } from '../support/running-programs';
import { TOY } from '../support/stock-federation';
import { useStockFederation } from '../support/use-stock-federation';
import { expectWholeRun, linesOfApp } from './whole-run';

/** Each replica is restarted twice meanwhile. */
const ROUNDS = 16;
const RUN_MILLISECONDS = 240_000;
const DRAIN_MILLISECONDS = 30_000;
const STOP_MILLISECONDS = 10_000;

describe('a federation of stock clients', () => {
  const here = useStockFederation();

  beforeAll(() => here.federation.startClients());

  it('does not notice that its replicas are brought to a newer schema one by one, and back', async () => {
    const { federation, ledger } = here;
    const main = inject('superlinkProgram');
    const next = makeNextRelease(main);
    onTestFinished(next.remove);
    const runId = await federation.clients.run(TOY, { rounds: ROUNDS, 'client-delay': 2 });
    const follower = federation.clients.follow(runId);
    const cuts: string[] = [];
    follower.on('again', (lines: string) => cuts.push(lines));
    const finished = ledger.untilFinished(runId, RUN_MILLISECONDS);
    let isFinished = false;
    void finished.then(() => (isFinished = true));
    await follower.waitForLine(/^round 1 begins/, RUN_MILLISECONDS);
    for (const release of [next.main, main]) {
      for (const replica of federation.replicas) {
        const began = performance.now();
        const { code } = await replica.terminate();
        expect({ code, isFinished }).toEqual({ code: 0, isFinished: false });
        expect(performance.now() - began).toBeLessThan(DRAIN_MILLISECONDS);
        await replica.start({ main: release });
        await federation.proxy.untilAllUp();
      }
    }
    await finished;
    await follower.waitForEnd(RUN_MILLISECONDS);

    await expectWholeRun(federation, ledger, runId, ROUNDS);
    expect(await ledger.appliedMigrations()).toContain(next.migration);
    expect(cuts).toEqual([]);
    expect(linesOfApp(follower.lines)).toEqual(linesOfApp(await federation.clients.log(runId)));
    expect(federation.retriesOfClients).toEqual([]);
    expect(federation.endedClients).toEqual([]);
  });

  it('ends the process of a ServerApp within 10 s of `flwr stop`', async () => {
    const { federation, ledger } = here;
    const runId = await federation.clients.run(TOY, { 'client-delay': 20 });
    const follower = federation.clients.follow(runId);
    await follower.waitForLine(/^round 1 begins/, RUN_MILLISECONDS);
    const address = federation.proxy.addresses.serverAppIo;
    const serverApps = (): string[] => running('flwr-serverapp', address);
    expect(serverApps()).not.toEqual([]);

    await federation.clients.json(['stop', runId]);
    const isGone = (): boolean => serverApps().length === 0;
    await waitUntil('the end of the ServerApp', isGone, { timeoutMs: STOP_MILLISECONDS });

    await ledger.untilFinished(runId, STOP_MILLISECONDS);
    await follower.waitForEnd(STOP_MILLISECONDS);
    expect(await federation.clients.show(runId)).toMatchObject({ status: 'finished:stopped' });
    expect(federation.endedClients).toEqual([]);
  });
});
