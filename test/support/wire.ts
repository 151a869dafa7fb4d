import { inject } from 'vitest';

import { GrpcClients } from './grpc-client';
import { HttpClients } from './http-client';
import { httpRouteOf } from './http-route';
import type { Addresses } from './replicas';
import type { RpcClients } from './rpc-clients';

declare module 'vitest' {
  interface ProvidedContext {
    /** Set by the project in vitest.config.mts: the same tests run once for each. */
    wire: 'grpc' | 'http';
  }
}

/** What the tests of this run speak with the replicas. */
export const WIRE = inject('wire');

/** Clients of these replicas over the wire of this run. */
export function connectTo(replicas: readonly Addresses[]): RpcClients {
  return WIRE === 'http' ? new HttpClients(replicas) : new GrpcClients(replicas);
}

/** True if the method can be called over the wire of this run. */
export function isOnThisWire(method: { readonly path: string }): boolean {
  return WIRE === 'grpc' || httpRouteOf(method) !== undefined;
}

/** Which of a replica's ports serves nodes or tasks that call the method over the wire of this run. */
export function portOf({ path }: { readonly path: string }): keyof Addresses {
  if (WIRE === 'http') return 'http';
  return path.startsWith('/flwr.proto.Fleet/') ? 'fleet' : 'serverAppIo';
}
