import { NEWEST_FLOWER, STOCK_FLOWER } from '../../scripts/flower/stock-environment.mjs';
import { RpcWatch } from '../support/rpc-watch';
import { TOY, uniform } from '../support/stock-federation';
import { useStockFederation } from '../support/use-stock-federation';
import { MOMENTS } from './kill-moments';
import { playMoment, seededNumber } from './play-moment';
import { expectWholeRun } from './whole-run';

const ROUNDS = 2;
const RUN_MILLISECONDS = 180_000;
const CONFIG = { rounds: ROUNDS, 'payload-kb': 512, 'reply-kb': 512, arrays: 4 };

/** Of each transport so many moments, for time's sake; together they play all. Another seed takes others. */
const PLAYED = 8;
const SHUFFLED = MOMENTS.toSorted((a, b) => seededNumber(a.name) - seededNumber(b.name));

const TRANSPORTS = [
  { transport: 'gRPC', release: STOCK_FLOWER, moments: SHUFFLED.slice(0, PLAYED) },
  { transport: 'HTTP', release: NEWEST_FLOWER, moments: SHUFFLED.slice(-PLAYED) },
];

describe.each(TRANSPORTS)('a stock run over $transport whose replica is killed', (played) => {
  const releases = uniform(played.release);
  const here = useStockFederation(() => Promise.resolve({ releases }));
  let undisturbed: { checksum: string; calls: ReadonlyMap<string, number> };

  beforeAll(async () => {
    const { federation, ledger } = here;
    await federation.startClients();
    const watch = new RpcWatch(federation.replicas);
    const runId = await federation.clients.run(TOY, CONFIG);
    await ledger.untilFinished(runId, RUN_MILLISECONDS);
    const { checksum } = await expectWholeRun(federation, ledger, runId, ROUNDS);
    undisturbed = { checksum, calls: watch.counts };
    watch.close();
  });

  it.each(played.moments)('comes to the same end: $name', async (moment) => {
    const { federation, ledger } = here;
    const pick = (method: string): number =>
      1 + (seededNumber(moment.name) % undisturbed.calls.get(method)!);
    const runId = await playMoment(here, { moment, config: CONFIG, pick });
    const result = await expectWholeRun(federation, ledger, runId, ROUNDS);
    expect(result.checksum).toBe(undisturbed.checksum);
    expect(federation.clientFailures).toEqual([]);
    expect(federation.endedClients).toEqual([]);
  });
});
