import { TOY, uniform } from '../support/stock-federation';
import { useStockFederation } from '../support/use-stock-federation';
import { expectWholeRun } from './whole-run';

const ROUNDS = 2;
const RUN_MILLISECONDS = 180_000;

describe.each(['1.31.0', '1.32.1'])('stock clients of Flower %s', (version) => {
  const here = useStockFederation(() => Promise.resolve({ releases: uniform(version) }));

  it('play a whole run', async () => {
    const { federation, ledger } = here;
    await federation.startClients();
    const runId = await federation.clients.run(TOY, { rounds: ROUNDS });
    await ledger.untilFinished(runId, RUN_MILLISECONDS);
    await expectWholeRun(federation, ledger, runId, ROUNDS);
    expect(federation.retriesOfClients).toEqual([]);
    expect(federation.endedClients).toEqual([]);
  });
});
