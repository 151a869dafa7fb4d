import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Client } from 'pg';

import type { NodeActor } from '../../support/node-actor';
import { type DeflatedMessage, idsOf, makeInstruction, makeReply } from '../../support/objects';
import type { Scene } from '../fault';
import { besideRuns, type SideRun } from '../side-run';

const SHARED_PAYLOADS = 8;
const PAYLOAD_BYTES = 2_048;
/** Nodes of each run, each with an exchange of its own. */
const LANES = 3;
const STORM_MILLISECONDS = 10_000;
/** If no deadlock has come by then. */
const LONGEST_MILLISECONDS = 40_000;
/** So long it holds the one before it asks for the other, and then rests. */
const HOLD_MILLISECONDS = 100;
const REST_MILLISECONDS = 1_000;
/** So that it is never the rival that PostgreSQL ends: who waits longest notices first. */
const PATIENT = `set local deadlock_timeout = '20s'`;
const LOCK = 'select from object where object_id = $1 for update';
const DEADLOCKS = `
select deadlocks::int as count from pg_stat_database where datname = current_database()`;

function instructionsTo(
  { runId }: SideRun,
  { nodeId }: NodeActor,
  payloads: readonly Buffer[],
): DeflatedMessage[] {
  return payloads.map((payload) => makeInstruction({ runId, dstNodeId: nodeId, payload }));
}

/** Messages with all payloads in one push, and a reply to each, with the payloads in the other order. */
async function exchange(
  side: SideRun,
  node: NodeActor,
  payloads: readonly Buffer[],
): Promise<void> {
  const ids = await side.task.send(...instructionsTo(side, node, payloads));
  for (const payload of payloads.toReversed()) {
    const { messagesList } = await node.receive();
    await node.send(makeReply(messagesList[0]!, { payload }));
  }
  await side.task.receive(...ids);
}

/**
 * Locks objects the other way round, amid the pushes of them: who pushes then is ended by PostgreSQL.
 * @param isOver asked after each time
 */
async function rival(
  url: string,
  objectIds: readonly string[],
  isOver: () => Promise<boolean>,
): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'bench' });
  await client.connect();
  try {
    while (!(await isOver())) {
      await client.query('begin');
      await client.query(PATIENT);
      await client.query(LOCK, [objectIds.at(-1)]);
      await pause(HOLD_MILLISECONDS);
      await client.query(LOCK, [objectIds[0]]);
      await client.query('rollback');
      await pause(REST_MILLISECONDS);
    }
  } finally {
    await client.end();
  }
}

async function deadlocksIn({ database }: Scene): Promise<number> {
  const [row] = await database.query<{ count: number }>(DEADLOCKS);
  return row!.count;
}

/** Exchanges of both runs, over shared objects in opposite orders, until it is over; resolves with their number. */
async function storm(
  sides: readonly SideRun[],
  payloads: readonly Buffer[],
  isOver: () => boolean,
): Promise<number> {
  let exchanges = 0;
  const lane = async (side: SideRun, index: number): Promise<void> => {
    const node = await side.node();
    const order = index === 0 ? payloads : payloads.toReversed();
    while (!isOver()) {
      await exchange(side, node, order);
      exchanges += 1;
    }
  };
  const lanes = sides.flatMap((side, index) =>
    Array.from({ length: LANES }, () => lane(side, index)),
  );
  await Promise.all(lanes);
  return exchanges;
}

export const DEADLOCKS_IN_A_STORM = besideRuns({
  id: 'F20',
  name: 'two runs push the same objects in opposite orders, and a session locks these the other way round',
  runs: 2,
  workSeconds: 5,
  shownBy: [{ name: 'database_errors_total', labels: { class: '40' } }],
  mostStallSeconds: 3,
  async inject(scene, sides) {
    const payloads = Array.from({ length: SHARED_PAYLOADS }, () => randomBytes(PAYLOAD_BYTES));
    // never pulled: what it refers to is there all the time
    const [first] = sides;
    const anchor = instructionsTo(first!, await first!.node(), payloads);
    await first!.task.send(...anchor);
    const shared = anchor.flatMap(({ tree }) => tree.children.flatMap(idsOf));
    await scene.moment();
    const before = await deadlocksIn(scene);
    const began = performance.now();
    let deadlocks = 0;
    let isOver = false;
    const look = async (): Promise<boolean> => {
      deadlocks = (await deadlocksIn(scene)) - before;
      const passed = performance.now() - began;
      isOver = passed > (deadlocks > 0 ? STORM_MILLISECONDS : LONGEST_MILLISECONDS);
      return isOver;
    };
    const [exchanges] = await Promise.all([
      storm(sides, payloads, () => isOver),
      rival(scene.database.url, shared.toSorted(), look),
    ]);
    scene.tell(`${exchanges} exchanges, ${deadlocks} deadlocks`);
    return deadlocks > 0 ? [] : ['no deadlock came about'];
  },
});
