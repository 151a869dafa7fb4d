import { once } from 'node:events';

import { transportOf } from '../../scripts/flower/generation.mjs';
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
  /** The replica that the SuperExec calls while the CLI starts the run at the other one. */
  readonly superExecReplica: HouseholdReplica;
  /** Which of a method's calls from now on, counted from 1; seeded. */
  pick(method: string): number;
  /** The run's log as it comes, followed with the stock CLI, and the replica that it comes from. */
  follow(): Promise<{ log: LogFollower; replica: HouseholdReplica }>;
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

async function busiestOfNodes(federation: StockFederation): Promise<HouseholdReplica> {
  const [release = ''] = federation.releases.superNodes;
  const proxy = transportOf('superNode', release) === 'HTTP' ? 'http' : 'fleet';
  return federation.replicas[await federation.proxy.busiest(proxy)]!;
}

/** Of the start of a run, each there once. */
const BEGINNINGS: readonly Moment[] = [
  besideStartRun('a task waits to be claimed', async ({ ledger, superExecReplica }) => {
    await once(ledger, 'begun');
    return superExecReplica;
  }),
  besideStartRun('the task is claimed', async ({ ledger, superExecReplica }) => {
    await once(ledger, 'claimed');
    return superExecReplica;
  }),
  asCarriedOut('the ServerApp gets its input', 'Task/PullTaskInput'),
  during('nodes hold their pulls', async ({ watch, federation }) => {
    await watch.nth('Task/GetNodes', 1);
    return busiestOfNodes(federation);
  }),
];

/** There in each round. */
const MIDDLES: readonly Moment[] = [
  asCarriedOut('messages are pushed', 'Task/PushMessages'),
  asCarriedOut('objects of messages come', 'Task/PushObject'),
  during('a message is handed out', async ({ watch, pick }) => {
    await watch.nth('Task/PushObject', pick('Task/PushObject'));
    return watch.nth('Fleet/PullMessages', 1);
  }),
  asCarriedOut('a node fetches objects', 'Fleet/PullObject'),
  asCarriedOut('a node confirms a message', 'Fleet/ConfirmMessageReceived'),
  asCarriedOut('a reply is pushed', 'Fleet/PushMessages'),
  asCarriedOut('objects of a reply come', 'Fleet/PushObject'),
  asCarriedOut('replies are handed out', 'Task/PullMessages'),
  asCarriedOut('the ServerApp fetches objects', 'Task/PullObject'),
  asCarriedOut('the ServerApp confirms a reply', 'Task/ConfirmMessageReceived'),
];

const ENDS: readonly Moment[] = [
  during('the log is followed', async ({ follow }) => {
    const { log, replica } = await follow();
    await log.waitForLine(/^round 2 begins/, 120_000);
    return replica;
  }),
  asCarriedOut('the result is pushed', 'Task/PushTaskOutput'),
];

/** In the order in which a run passes them. */
export const MOMENTS: readonly Moment[] = [...BEGINNINGS, ...MIDDLES, ...ENDS];

/** All moments in as many runs as there are beginnings: one run loses a replica at four of them, one after another. */
export const RUNS_OF_MOMENTS: readonly (readonly Moment[])[] = BEGINNINGS.map((beginning, run) => [
  beginning,
  ...MIDDLES.filter((_, index) => index % BEGINNINGS.length === run),
  ...ENDS.filter((_, index) => index === BEGINNINGS.length - 1 - run),
]);
