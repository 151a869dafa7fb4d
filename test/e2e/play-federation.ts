import { useStockFederation } from '../support/use-stock-federation';
import type { NamedFederation } from './federations';
import { type Moment, MOMENTS } from './kill-moments';
import { pickFor, playMoments, seededNumber } from './play-moments';
import { expectWholeRun } from './whole-run';

const ROUNDS = 2;
/** The moment at which a federation loses a replica; seeded by its name. */
export function momentOf({ name }: NamedFederation): Moment {
  return MOMENTS[seededNumber(name) % MOMENTS.length]!;
}

/** Registers the test of one federation: a whole run whose replica is killed. */
export function describePlay(played: NamedFederation): void {
  describe(played.name, () => {
    const { releases } = played;
    const here = useStockFederation(() => Promise.resolve({ releases }));
    const moment = momentOf(played);

    it(`plays a run and loses a replica: ${moment.name}`, async () => {
      const { federation, ledger } = here;
      const config = { rounds: ROUNDS, 'min-nodes': federation.nodeCount };
      const pick = pickFor(played.name);
      await federation.startClients();
      const runId = await playMoments(here, { moments: [moment], config, pick });
      await expectWholeRun(federation, ledger, runId, ROUNDS);
      expect(federation.clientFailures).toEqual([]);
      expect(federation.endedClients).toEqual([]);
    });
  });
}
