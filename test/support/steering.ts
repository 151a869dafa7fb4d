import { transportOf } from '../../scripts/flower/generation.mjs';
import type { LogFollower } from '../../scripts/flower/log-follower.mjs';
import { addressesOf } from '../../scripts/flower/ports.mjs';
import type { HouseholdReplica } from './household-replica';
import type { StockFederation } from './stock-federation';

const BEGUN_MILLISECONDS = 60_000;

/** Ends what was arranged. */
export type Release = () => Promise<void>;

/**
 * From now on the CLI calls the other replica, without the balancer, and a SuperExec of HTTP calls this one; one of
 * gRPC is to be connected to it.
 */
export async function keepCliAwayFrom(
  replica: HouseholdReplica,
  federation: StockFederation,
): Promise<Release> {
  const { clients, proxy, releases } = federation;
  const other = otherThan(replica, federation);
  const isHttp = transportOf('superExec', releases.superExec) === 'HTTP';
  clients.pointCli(addressesOf(other.ports));
  if (isHttp) await proxy.avoid('http', other.index);
  return async () => {
    clients.pointCli(proxy.addresses);
    if (isHttp) await proxy.admit('http', other.index);
  };
}

/** Follows a run's log with a CLI whose stream comes from this replica, through the balancer. */
export async function followFrom(
  replica: HouseholdReplica,
  runId: string,
  federation: StockFederation,
): Promise<LogFollower> {
  const { clients, proxy, releases } = federation;
  const other = otherThan(replica, federation);
  const api = transportOf('cli', releases.cli) === 'HTTP' ? 'http' : 'control';
  await proxy.avoid(api, other.index);
  try {
    const log = clients.follow(runId);
    await log.waitForLine(/^round 1 begins/, BEGUN_MILLISECONDS);
    return log;
  } finally {
    await proxy.admit(api, other.index);
  }
}

function otherThan(replica: HouseholdReplica, federation: StockFederation): HouseholdReplica {
  return federation.replicas.find((each) => each !== replica)!;
}
