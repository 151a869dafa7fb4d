import { NEWEST_FLOWER, STOCK_FLOWER } from '../../scripts/flower/stock-environment.mjs';
import type { Balancer, StartBalancer } from '../support/balancer';
import { HaProxy } from '../support/haproxy';
import { startCaddy, startNginx } from '../support/plain-balancers';
import type { Releases } from '../support/stock-federation';

export type Wire = 'grpc' | 'http';
export type BalancerName = 'haproxy' | 'nginx' | 'caddy';

/** What a bench has between stock programs and replicas, and the programs that it can serve. */
export interface BenchBalancer {
  readonly name: BalancerName;
  readonly start: StartBalancer<Balancer>;
  /** What it balances, as its configuration in docker/ says. */
  readonly wires: readonly Wire[];
  readonly releases: Releases;
  /** SuperExec, and the ServerApps that it starts, are of one of these releases, in turns by the seed. */
  readonly superExecs: readonly string[];
}

/** Programs of both generations at once: SuperNodes that speak gRPC and such that speak HTTP. */
const BOTH_GENERATIONS = {
  wires: ['grpc', 'http'],
  releases: {
    cli: STOCK_FLOWER,
    superExec: STOCK_FLOWER,
    superNodes: [STOCK_FLOWER, NEWEST_FLOWER],
  },
  superExecs: [STOCK_FLOWER, NEWEST_FLOWER],
} as const;

const NEW_GENERATION = {
  wires: ['http'],
  releases: {
    cli: NEWEST_FLOWER,
    superExec: NEWEST_FLOWER,
    superNodes: [NEWEST_FLOWER, NEWEST_FLOWER],
  },
  superExecs: [NEWEST_FLOWER],
} as const;

const BALANCERS: readonly BenchBalancer[] = [
  { name: 'haproxy', start: HaProxy.start, ...BOTH_GENERATIONS },
  { name: 'nginx', start: startNginx, ...BOTH_GENERATIONS },
  { name: 'caddy', start: startCaddy, ...NEW_GENERATION },
];

/** Names of all of them, or of those that balance gRPC, too. */
export const EVERY_BALANCER = BALANCERS.map(({ name }) => name);
export const BALANCERS_OF_GRPC = BALANCERS.filter(({ wires }) => wires.includes('grpc')).map(
  ({ name }) => name,
);

/** The one of this name; throws if there is none. */
export function balancerOf(name: string): BenchBalancer {
  const balancer = BALANCERS.find((each) => each.name === name);
  if (balancer !== undefined) return balancer;
  throw new Error(`no balancer ${name}; there are: ${EVERY_BALANCER.join(' ')}`);
}

/** Which release of SuperExec plays a run: of two, even seeds have the one, odd seeds the other. */
export function superExecFor({ superExecs }: BenchBalancer, seed: number): string {
  return superExecs[seed % superExecs.length]!;
}
