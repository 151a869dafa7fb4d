import type { Balancer, StartBalancer } from './balancer';
import { HaProxy } from './haproxy';
import { Ledger } from './ledger';
import { createDatabase, type TestDatabase } from './postgres';
import { StockFederation, type StockFederationOptions } from './stock-federation';

/** A federation for all tests of a file, with what its database saw. */
export interface FederationOfTests<Proxy extends Balancer = HaProxy> {
  readonly federation: StockFederation<Proxy>;
  readonly ledger: Ledger;
}

type Prepare = () => Promise<Omit<StockFederationOptions, 'databaseUrl'>>;

/**
 * Registers start and end of a federation with the running test file; use it inside `describe`. `prepare` is called
 * before the start. Clients are started by the tests. A failed test shows what everyone said last.
 */
export function useStockFederation(
  prepare: Prepare = () => Promise.resolve({}),
): FederationOfTests {
  return useStockFederationBehind(HaProxy.start, prepare);
}

/** The same behind another balancer than HAProxy. */
export function useStockFederationBehind<Proxy extends Balancer>(
  startBalancer: StartBalancer<Proxy>,
  prepare: Prepare,
): FederationOfTests<Proxy> {
  const opened: {
    database?: TestDatabase;
    ledger?: Ledger;
    federation?: StockFederation<Proxy>;
  } = {};

  beforeAll(async () => {
    opened.database = await createDatabase();
    opened.ledger = await Ledger.open(opened.database.url);
    const options = await prepare();
    opened.federation = await StockFederation.startBehind(startBalancer, {
      ...options,
      databaseUrl: opened.database.url,
    });
  });
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return;
    process.stderr.write(`${opened.federation?.describe() ?? ''}\n`);
  });
  afterAll(async () => {
    await opened.federation?.stop();
    await opened.ledger?.close();
    await opened.database?.drop();
  });

  return {
    get federation() {
      return opened.federation!;
    },
    get ledger() {
      return opened.ledger!;
    },
  };
}
