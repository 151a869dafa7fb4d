import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
  ensureFlower,
  NEWEST_FLOWER,
  STOCK_FLOWER,
} from '../../scripts/flower/stock-environment.mjs';
import { Ledger } from '../support/ledger';
import { StockFederation } from '../support/stock-federation';
import { newFolder } from '../support/superlink-program';
import { AnswerOrders } from './answer-orders';
import { BenchDatabase } from './bench-database';
import { History } from './history';

const REPLICAS = 3;
/** Below the time for which a fault blocks a replica, and far above what a busy machine does to one. */
export const WATCHDOG_SECONDS = 10;
/** So short that connections come anew during each run. */
const CONNECTION_AGE_SECONDS = 30;
const FLAGS = [
  ...['--insecure', '--watchdog-seconds', String(WATCHDOG_SECONDS)],
  ...['--max-connection-age-seconds', String(CONNECTION_AGE_SECONDS)],
];

/** SuperExec, and the ServerApps that it starts, are of one generation or of the other. */
export const SUPEREXECS: readonly string[] = [STOCK_FLOWER, NEWEST_FLOWER];

/** Programs of both generations at once: SuperNodes that speak gRPC and such that speak HTTP. */
const RELEASES = {
  cli: STOCK_FLOWER,
  superExec: STOCK_FLOWER,
  superNodes: [STOCK_FLOWER, NEWEST_FLOWER],
};

/** What a run without a fault is like, to compare others with. */
export interface Undisturbed {
  /** After each round. */
  readonly checksums: readonly string[];
  /** How often each method was called. */
  readonly calls: ReadonlyMap<string, number>;
  /** Refusals that stock programs get on an ordinary day. */
  readonly refusals: ReadonlySet<string>;
  /** Resident memory of each replica, in MiB. */
  readonly memory: readonly number[];
}

/** The ground of all faults: PostgreSQL, three replicas, HAProxy and stock programs, started once. */
export class Bench {
  undisturbed: Undisturbed | undefined;
  private superExec = STOCK_FLOWER;

  private constructor(
    private readonly directory: string,
    readonly database: BenchDatabase,
    readonly history: History,
    readonly orders: AnswerOrders,
    readonly federation: StockFederation,
  ) {}

  static async start(): Promise<Bench> {
    const directory = newFolder('faults');
    const database = await BenchDatabase.start();
    const orders = new AnswerOrders(join(directory, 'answers'));
    const { environment } = orders;
    let federation: StockFederation | undefined;
    try {
      const databaseUrl = database.urlsFor(REPLICAS);
      const replicas = { databaseUrl, environment, flags: FLAGS };
      federation = await StockFederation.start({ ...replicas, releases: RELEASES });
      await (await Ledger.open(database.url)).close();
      const history = await History.begin(database);
      await federation.startClients();
      return new Bench(directory, database, history, orders, federation);
    } catch (cause) {
      await federation?.stop();
      await database.stop();
      throw cause;
    }
  }

  /** Has the next runs played by a SuperExec of this release. */
  async useSuperExec(version: string): Promise<void> {
    if (version === this.superExec) return;
    const { clients } = this.federation;
    await clients.superExec?.stop();
    clients.startSuperExec({ flower: await ensureFlower({ version }) });
    this.superExec = version;
  }

  /** Does something while nobody else takes tasks. */
  async withoutSuperExec<Result>(work: () => Promise<Result>): Promise<Result> {
    const { clients } = this.federation;
    await clients.superExec?.stop();
    try {
      return await work();
    } finally {
      clients.startSuperExec({ flower: await ensureFlower({ version: this.superExec }) });
    }
  }

  /** Ends every disturbance, whatever has come of it: all replicas run and are in service. */
  async heal(): Promise<void> {
    this.orders.clear();
    await this.database.heal();
    for (const replica of this.federation.replicas) {
      if (replica.isRunning) replica.resume();
      else await replica.start();
    }
    await this.federation.proxy.untilAllUp();
  }

  /** Starts stock programs again that have ended, so that one fault's harm is not the next one's. */
  async revive(): Promise<void> {
    const { federation } = this;
    if (federation.endedClients.length === 0) return;
    await federation.clients.endPrograms();
    await federation.startClients();
    this.superExec = federation.releases.superExec;
  }

  async stop(): Promise<void> {
    await this.federation.stop();
    await this.database.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
