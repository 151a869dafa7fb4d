import type { ApiAddresses } from '../../scripts/flower/federation.mjs';
import type { Child, Household } from '../../scripts/flower/processes.mjs';
import type { Certificates } from './credentials';

/** Clients end before a balancer, replicas after it. */
export const BALANCER_STAGE = 2;

/** Ports of one replica, all of the loopback. */
export interface ReplicaPorts {
  readonly fleet: number;
  readonly serverAppIo: number;
  readonly control: number;
  readonly http: number;
}

/** A running balancer in front of replicas. */
export interface Balancer {
  readonly child: Child;
  readonly addresses: ApiAddresses;
  /** Resolves when every replica gets new connections; they are to be ready by now. */
  untilAllUp(): Promise<void>;
}

/**
 * Starts one in front of replicas that are ready by now, with its files in the directory; `tls` is that of the
 * replicas.
 */
export type StartBalancer<Kind extends Balancer> = (
  household: Household,
  directory: string,
  replicas: readonly ReplicaPorts[],
  tls?: Certificates,
) => Promise<Kind>;

const API_OF: Readonly<Record<string, keyof ReplicaPorts>> = {
  '9092': 'fleet',
  '9091': 'serverAppIo',
  '9093': 'control',
  '8000': 'http',
};

/** The API whose usual port it is, by which configurations in docker/ are filled in. */
export function apiOf(port: string): keyof ReplicaPorts {
  return API_OF[port]!;
}
