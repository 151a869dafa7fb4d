import type { RpcEvent } from '../support/household-replica';
import { TOY } from '../support/stock-federation';
import { useStockFederation } from '../support/use-stock-federation';
import { expectWholeRun } from './whole-run';

const ROUNDS = 8;
const RUN_MILLISECONDS = 240_000;
const OLDEST = '1.33.0';
/** The last release that has the flag. */
const NEWEST = '1.39.0';

describe('SuperNodes that call by GrpcAdapter, which never call again', () => {
  const releases = { cli: OLDEST, superExec: OLDEST, superNodes: [OLDEST, NEWEST] };
  const here = useStockFederation(() => Promise.resolve({ releases }));

  it('play a whole run while the replicas are restarted one by one', async () => {
    const { federation, ledger } = here;
    await federation.startClients(['--grpc-adapter']);
    const ways = new Set<string>();
    for (const replica of federation.replicas) {
      replica.on('rpc', ({ method, transport, failure = 'OK' }: RpcEvent) => {
        if (method.startsWith('Fleet/')) ways.add(`${replica.index}: ${transport} ${failure}`);
      });
    }
    const runId = await federation.clients.run(TOY, { rounds: ROUNDS, 'client-delay': 2 });
    const finished = ledger.untilFinished(runId, RUN_MILLISECONDS);
    let isFinished = false;
    void finished.then(() => (isFinished = true));
    const follower = federation.clients.follow(runId);
    await follower.waitForLine(/^round 1 begins/, RUN_MILLISECONDS);
    for (const replica of federation.replicas) {
      const { code } = await replica.terminate();
      expect({ code, isFinished }).toEqual({ code: 0, isFinished: false });
      await replica.start();
      await federation.proxy.untilAllUp();
    }
    await finished;
    await follower.waitForEnd(RUN_MILLISECONDS);

    await expectWholeRun(federation, ledger, runId, ROUNDS);
    expect(ways).toEqual(new Set(['0: grpc-adapter OK', '1: grpc-adapter OK']));
    expect(federation.clientFailures).toEqual([]);
    expect(federation.retriesOfClients).toEqual([]);
    expect(federation.endedClients).toEqual([]);
  });
});
