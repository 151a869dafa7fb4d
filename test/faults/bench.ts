import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { ensureFlower } from '../../scripts/flower/stock-environment.mjs';
import type { Balancer } from '../support/balancer';
import { Ledger } from '../support/ledger';
import { StockFederation } from '../support/stock-federation';
import { newFolder } from '../support/superlink-program';
import { AnswerOrders } from './answer-orders';
import type { BenchBalancer } from './balancers';
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

/** The ground of all faults: PostgreSQL, three replicas, a balancer and stock programs, started once. */
export class Bench {
  undisturbed: Undisturbed | undefined;
  private superExec: string;

  private constructor(
    private readonly directory: string,
    readonly balancer: BenchBalancer,
    readonly database: BenchDatabase,
    readonly history: History,
    readonly orders: AnswerOrders,
    readonly federation: StockFederation<Balancer>,
  ) {
    this.superExec = balancer.releases.superExec;
  }

  static async start(balancer: BenchBalancer): Promise<Bench> {
    const directory = newFolder('faults');
    const database = await BenchDatabase.start();
    const orders = new AnswerOrders(join(directory, 'answers'));
    const { environment } = orders;
    let federation: StockFederation<Balancer> | undefined;
    try {
      const databaseUrl = database.urlsFor(REPLICAS);
      const { releases } = balancer;
      const options = { databaseUrl, environment, flags: FLAGS, releases };
      federation = await StockFederation.startBehind(balancer.start, options);
      await (await Ledger.open(database.url)).close();
      const history = await History.begin(database);
      await federation.startClients();
      return new Bench(directory, balancer, database, history, orders, federation);
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
