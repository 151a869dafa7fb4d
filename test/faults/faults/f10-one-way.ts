import { setTimeout as pause } from 'node:timers/promises';

import type { ReplicaPorts } from '../../support/balancer';
import type { HaProxy } from '../../support/haproxy';
import { TcpGate } from '../../support/tcp-gate';
import { behindHaProxy } from '../behind-haproxy';
import type { Scene } from '../fault';
import { inEveryWay, type Ways } from '../in-every-way';
import { SIGNS } from '../metrics-watch';

const CUT_MILLISECONDS = 8_000;

type Name = keyof ReplicaPorts;

/** The balancer reaches the last replica through gates, which are then shut. */
async function cutFromBalancer(scene: Scene, proxy: HaProxy): Promise<void> {
  const { ports, index } = scene.federation.replicas.at(-1)!;
  const gates = new Map<Name, TcpGate>();
  for (const name of Object.keys(ports) as Name[])
    gates.set(name, await TcpGate.before(ports[name]));
  const portOf = (name: Name): number => gates.get(name)!.port;
  try {
    await proxy.reroute(index, {
      ...{ fleet: portOf('fleet'), serverAppIo: portOf('serverAppIo') },
      ...{ control: portOf('control'), http: portOf('http') },
    });
    for (const gate of gates.values()) gate.shut();
    await pause(CUT_MILLISECONDS);
    for (const gate of gates.values()) gate.open();
  } finally {
    await proxy.reroute(index, ports);
    for (const gate of gates.values()) await gate.close();
  }
}

async function cutFromDatabase(
  { database }: Scene,
  ...silent: readonly ('replica' | 'database')[]
): Promise<void> {
  database.cutOff(...silent);
  await pause(CUT_MILLISECONDS);
  database.reconnect();
}

const waysWith = (proxy: HaProxy): Ways => ({
  'balancer and replica': (scene) => cutFromBalancer(scene, proxy),
  'PostgreSQL does not hear the replica': (scene) => cutFromDatabase(scene, 'replica'),
  'the replica does not hear PostgreSQL': (scene) => cutFromDatabase(scene, 'database'),
});

export const ONE_WAY = behindHaProxy({
  id: 'F10',
  name: 'nothing passes for 8 s between balancer and replica, from it to PostgreSQL, to it from PostgreSQL',
  workSeconds: 14,
  shownBy: [SIGNS.noDatabase],
  mostStallSeconds: 5,
  mostRecoverySeconds: 5,
  inject: (scene, proxy) => inEveryWay(scene, waysWith(proxy), () => proxy.untilAllUp()),
});
