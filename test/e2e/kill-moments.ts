import { once } from 'node:events';

import type { LogFollower } from '../../scripts/flower/log-follower.mjs';
import type { HouseholdReplica } from '../support/household-replica';
import type { Ledger } from '../support/ledger';
import type { RpcWatch } from '../support/rpc-watch';
import type { StockFederation } from '../support/stock-federation';

/** What a moment is found by. */
export interface Scene {
  readonly federation: StockFederation;
  readonly ledger: Ledger;
  readonly watch: RpcWatch;
  /** The replica that the SuperExec is connected to. */
  readonly superExecReplica: HouseholdReplica;
  /** Which of the calls of a method that a whole run makes; seeded. */
  pick(method: string): number;
  /** The run's log as it comes, followed with the stock CLI. */
  follow(): Promise<LogFollower>;
}

/** Resolves with the replica to kill, when it is to be killed. */
type Reached = (scene: Scene) => Promise<HouseholdReplica>;

/** A moment in a run at which a replica dies. */
export interface Moment {
  readonly name: string;
  /** It dies while the CLI may wait for StartRun's answer, so that is to come from the other one. */
  readonly isBesideStartRun: boolean;
  readonly reached: Reached;
}

const during = (name: string, reached: Reached): Moment => ({
  name,
  isBesideStartRun: false,
  reached,
});

const besideStartRun = (name: string, reached: Reached): Moment => ({
  name,
  isBesideStartRun: true,
  reached,
});

/** Right after a call was carried out: its answer may have got out or not. */
function asCarriedOut(name: string, method: string): Moment {
  return during(name, ({ watch, pick }) => watch.nth(method, pick(method)));
}

async function busiest({ federation }: Scene, api: 'fleet' | 'control'): Promise<HouseholdReplica> {
  return federation.replicas[await federation.proxy.busiest(api)]!;
}

/** In the order in which a run passes them. */
export const MOMENTS: readonly Moment[] = [
  besideStartRun('a task waits to be claimed', async ({ ledger, superExecReplica }) => {
    await once(ledger, 'begun');
    return superExecReplica;
  }),
  besideStartRun('the task is claimed', ({ watch }) => watch.nth('ServerAppIo/ClaimTask', 1)),
  asCarriedOut('the ServerApp gets its input', 'ServerAppIo/PullTaskInput'),
  during('nodes hold their pulls', async (scene) => {
    await scene.watch.nth('ServerAppIo/GetNodes', 1);
    return busiest(scene, 'fleet');
  }),
  asCarriedOut('messages are pushed', 'ServerAppIo/PushMessages'),
  asCarriedOut('objects of messages come', 'ServerAppIo/PushObject'),
  during('a message is handed out', async ({ watch, pick }) => {
    await watch.nth('ServerAppIo/PushObject', pick('ServerAppIo/PushObject'));
    return watch.nth('Fleet/PullMessages', 1);
  }),
  asCarriedOut('a node fetches objects', 'Fleet/PullObject'),
  asCarriedOut('a node confirms a message', 'Fleet/ConfirmMessageReceived'),
  asCarriedOut('a reply is pushed', 'Fleet/PushMessages'),
  asCarriedOut('objects of a reply come', 'Fleet/PushObject'),
  asCarriedOut('replies are handed out', 'ServerAppIo/PullMessages'),
  asCarriedOut('the ServerApp fetches objects', 'ServerAppIo/PullObject'),
  asCarriedOut('the ServerApp confirms a reply', 'ServerAppIo/ConfirmMessageReceived'),
  during('the log is followed', async (scene) => {
    const log = await scene.follow();
    await log.waitForLine(/^round 2 begins/, 120_000);
    return busiest(scene, 'control');
  }),
  asCarriedOut('the result is pushed', 'ServerAppIo/PushTaskOutput'),
];
