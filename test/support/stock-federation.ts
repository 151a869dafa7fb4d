import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';

import { inject } from 'vitest';

import { Federation } from '../../scripts/flower/federation.mjs';
import { freePorts } from '../../scripts/flower/ports.mjs';
import { type Child, Household } from '../../scripts/flower/processes.mjs';
import { ensureFlower, STOCK_FLOWER } from '../../scripts/flower/stock-environment.mjs';
import type { Balancer, StartBalancer } from './balancer';
import type { Certificates } from './credentials';
import { HaProxy } from './haproxy';
import { HouseholdReplica } from './household-replica';
import { newFolder } from './superlink-program';

const REPLICAS = 2;

/** A client tells of an error other than a lost connection. */
export const CLIENT_FAILURE =
  /Traceback|Giving up|INTERNAL|UNKNOWN|CANCELLED|UNAUTHENTICATED|(Client|Server) error '/;
/** A client has to send a call again. */
export const CLIENT_RETRY = /Connection attempt failed|UNAVAILABLE/;

/** The app that counts itself. */
export const TOY = resolve('examples/toy');
/** Which release of Flower each program is of. */
export interface Releases {
  readonly cli: string;
  /** And of the ServerApps that it starts. */
  readonly superExec: string;
  readonly superNodes: readonly string[];
}

/** One release for all, with two SuperNodes. */
export function uniform(version: string): Releases {
  return { cli: version, superExec: version, superNodes: [version, version] };
}

/** What makes a federation a different one than that of the defaults: no TLS, everyone is let in. */
export interface StockFederationOptions {
  readonly releases?: Releases;
  /** One for all replicas, or one for each: there are as many then. */
  readonly databaseUrl: string | readonly string[];
  /** Of the replicas; `--insecure` if absent. */
  readonly flags?: readonly string[];
  /** What the flags name; clients trust its authority. */
  readonly tls?: Certificates;
  /** Of the replicas, beside what they need. */
  readonly environment?: Readonly<Record<string, string>>;
}

function databaseUrls({ databaseUrl }: StockFederationOptions): readonly string[] {
  if (typeof databaseUrl !== 'string') return databaseUrl;
  return Array.from({ length: REPLICAS }, () => databaseUrl);
}

/** Replicas, two unless said otherwise, behind a balancer; stock clients are started by the test. */
export class StockFederation<Proxy extends Balancer = HaProxy> {
  private constructor(
    readonly household: Household,
    readonly directory: string,
    readonly replicas: readonly HouseholdReplica[],
    readonly proxy: Proxy,
    readonly clients: Federation,
    readonly releases: Releases,
  ) {}

  /** Behind HAProxy. */
  static async start(options: StockFederationOptions): Promise<StockFederation> {
    return StockFederation.startBehind(HaProxy.start, options);
  }

  static async startBehind<Proxy extends Balancer>(
    startBalancer: StartBalancer<Proxy>,
    options: StockFederationOptions,
  ): Promise<StockFederation<Proxy>> {
    const releases = options.releases ?? uniform(STOCK_FLOWER);
    const flower = await ensureFlower({ version: releases.cli });
    const directory = newFolder('e2e');
    const household = new Household(directory);
    try {
      const { flags = ['--insecure'], environment = {}, tls } = options;
      const main = inject('superlinkProgram');
      const starts = databaseUrls(options).map((databaseUrl, index) =>
        HouseholdReplica.start({ household, index, main, databaseUrl, flags, environment }),
      );
      const replicas = await Promise.all(starts);
      const ports = replicas.map((replica) => replica.ports);
      const proxy = await startBalancer(household, directory, ports, tls);
      const { addresses } = proxy;
      const given = { household, flower, addresses, directory };
      const clients = new Federation({ ...given, rootCertificates: tls?.authority });
      return new StockFederation(household, directory, replicas, proxy, clients, releases);
    } catch (cause) {
      await household.stop();
      await rm(directory, { recursive: true, force: true });
      throw cause;
    }
  }

  /** How many SuperNodes there are. */
  get nodeCount(): number {
    return this.releases.superNodes.length;
  }

  /** Starts a SuperExec and the SuperNodes, which are given `nodeFlags`; resolves when all nodes are registered. */
  async startClients(nodeFlags: readonly string[] = []): Promise<void> {
    const { superExec, superNodes } = this.releases;
    const ports = await freePorts(superNodes.length);
    this.clients.startSuperExec({ flower: await ensureFlower({ version: superExec }) });
    for (const [partition, version] of superNodes.entries()) {
      const flower = await ensureFlower({ version });
      const options = { flower, extra: nodeFlags };
      this.clients.startSuperNode(partition, superNodes.length, ports[partition]!, options);
    }
    await Promise.all(this.clients.nodes.map((node) => this.clients.nodeId(node)));
  }

  /** The stock programs that live as long as the federation does. */
  get programs(): readonly Child[] {
    const { superExec, nodes } = this.clients;
    return superExec === undefined ? nodes : [superExec, ...nodes];
  }

  /** Names of those that have ended. */
  get endedClients(): string[] {
    return this.programs.filter(({ isRunning }) => !isRunning).map(({ name }) => name);
  }

  /** Lines of clients that tell of an error other than a lost connection. */
  get clientFailures(): string[] {
    return this.linesOfClients(CLIENT_FAILURE);
  }

  /** Lines of clients that had to send a call again. */
  get retriesOfClients(): string[] {
    return this.linesOfClients(CLIENT_RETRY);
  }

  /** What clients said that matches, from `since` on (milliseconds since the epoch). */
  linesOfClients(pattern: RegExp, since = 0): string[] {
    return this.programs.flatMap(({ name, lines }) =>
      lines
        .filter(({ at, text }) => at >= since && pattern.test(text))
        .map(({ text }) => `${name}: ${text}`),
    );
  }

  /** For a failed test: what everyone said last. */
  describe(): string {
    const told = [...this.programs, this.proxy.child].map(
      (child) => `--- ${child.name}\n${child.tail(40)}`,
    );
    const served = this.replicas.map(
      (replica) => `--- replica-${replica.index + 1}\n${replica.tail()}`,
    );
    return [...told, ...served].join('\n');
  }

  async stop(): Promise<void> {
    await this.household.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
