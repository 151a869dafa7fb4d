import { NEWEST_FLOWER, STOCK_FLOWER } from '../../scripts/flower/stock-environment.mjs';
import { TOY, uniform } from '../support/stock-federation';
import { useStockFederation } from '../support/use-stock-federation';
import { RUNS_OF_MOMENTS } from './kill-moments';
import { pickFor, playMoments, seededNumber } from './play-moments';
import { expectWholeRun } from './whole-run';

const ROUNDS = 6;
/** How long a node works in a round: altogether three replicas have the time to start again before the last one dies. */
const WORK_SECONDS = 1.5;
const RUN_MILLISECONDS = 180_000;
const CONFIG = { rounds: ROUNDS, 'payload-kb': 512, 'reply-kb': 512, arrays: 4 };

/** Half of the runs over each transport, for time's sake. Another seed takes others. */
const SHUFFLED = RUNS_OF_MOMENTS.map((moments) => ({
  moments,
  names: moments.map(({ name }) => name).join(', '),
})).toSorted((a, b) => seededNumber(a.names) - seededNumber(b.names));
const HALF = SHUFFLED.length / 2;

const TRANSPORTS = [
  { transport: 'gRPC', release: STOCK_FLOWER, runs: SHUFFLED.slice(0, HALF) },
  { transport: 'HTTP', release: NEWEST_FLOWER, runs: SHUFFLED.slice(HALF) },
];

describe.each(TRANSPORTS)('a stock run over $transport whose replicas are killed', (played) => {
  const releases = uniform(played.release);
  const here = useStockFederation(() => Promise.resolve({ releases }));
  let undisturbed: string;

  beforeAll(async () => {
    const { federation, ledger } = here;
    await federation.startClients();
    const runId = await federation.clients.run(TOY, CONFIG);
    await ledger.untilFinished(runId, RUN_MILLISECONDS);
    ({ checksum: undisturbed } = await expectWholeRun(federation, ledger, runId, ROUNDS));
  });

  it.each(played.runs)('comes to the same end: $names', async ({ moments, names }) => {
    const { federation, ledger } = here;
    const pick = pickFor(names);
    const config = { ...CONFIG, 'client-delay': WORK_SECONDS };
    const runId = await playMoments(here, { moments, config, pick });
    const result = await expectWholeRun(federation, ledger, runId, ROUNDS);
    expect(result.checksum).toBe(undisturbed);
    expect(federation.clientFailures).toEqual([]);
    expect(federation.endedClients).toEqual([]);
  });
});
