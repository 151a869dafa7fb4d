import type { Balancer } from '../support/balancer';
import { HaProxy } from '../support/haproxy';
import type { StockFederation } from '../support/stock-federation';
import type { Bench } from './bench';
import { type Disturbance, duringRun } from './during-run';
import type { Fault, Scene } from './fault';
import type { Random } from './random';

/** A fault that takes hold of HAProxy itself. */
export interface DisturbanceOfHaProxy extends Omit<Disturbance, 'prepare' | 'inject'> {
  /** As for any balancer. */
  prepare?(bench: Bench, random: Random, proxy: HaProxy): Promise<void> | void;
  inject(scene: Scene, proxy: HaProxy): Promise<readonly string[]>;
}

/** Makes a fault of what no other balancer can be told to do. */
export function behindHaProxy(disturbance: DisturbanceOfHaProxy): Fault {
  const fault = duringRun({
    ...disturbance,
    prepare: (bench, random) => disturbance.prepare?.(bench, random, haProxyOf(bench.federation)),
    inject: (scene) => disturbance.inject(scene, haProxyOf(scene.federation)),
  });
  return { ...fault, balancers: ['haproxy'] };
}

/** The plan has seen to it. */
function haProxyOf({ proxy }: StockFederation<Balancer>): HaProxy {
  if (proxy instanceof HaProxy) return proxy;
  throw new Error(`${proxy.child.name} is not HAProxy`);
}
