import { setTimeout as pause } from 'node:timers/promises';

import { Client } from 'pg';

import { makeInstruction, makeReply } from '../../support/objects';
import type { BenchDatabase } from '../bench-database';
import { besideRuns, type SideRun } from '../side-run';

const LANES = 4;
/** Until then the replicas compile what is called. */
const WARM_MILLISECONDS = 12_000;
const WINDOW_SECONDS = 12;
const PINNED_MILLISECONDS = 28_000;
/** What the snapshot costs grows with its age; what else slows a window down does not come twice in a row. */
const MOST_WINDOWS = 2;
/** Of the throughput without it. */
const LEAST_SHARE = 0.8;
/** Of all calls of a window: a round may begin in one and in the other none. */
const LEAST_SHARE_OF_ALL = 0.6;
const DEAD = 'select sum(n_dead_tup)::int as rows from pg_stat_user_tables';
/** How many transactions began since the oldest snapshot. */
const PINNED = `
select max(age(backend_xmin))::int as transactions from pg_stat_activity
where application_name = 'bench pin'`;

/** Calls a second during a window. */
interface Rates {
  /** Each round of the run starts Python programs, which take the cores for some 4 s and half of the calls with them. */
  readonly median: number;
  readonly mean: number;
}

/** Messages to nodes and their replies, one after the other on each lane, until it is stopped. */
class Exchanges {
  private isStopped = false;
  private readonly lanes: Promise<unknown>;

  constructor(private readonly side: SideRun) {
    this.lanes = Promise.all(Array.from({ length: LANES }, () => this.lane()));
    this.lanes.catch(() => undefined); // told to who stops it
  }

  /** Calls that are served in each second of a window from now on. */
  async rates(): Promise<Rates> {
    const seconds: number[] = [];
    for (let second = 0; second < WINDOW_SECONDS; second += 1) {
      const [served, began] = [this.side.served, performance.now()];
      await pause(1_000);
      seconds.push((this.side.served - served) / ((performance.now() - began) / 1_000));
    }
    const sorted = seconds.toSorted((a, b) => a - b);
    const [below, above] = sorted.slice(WINDOW_SECONDS / 2 - 1);
    return {
      median: (below! + above!) / 2,
      mean: seconds.reduce((all, rate) => all + rate, 0) / WINDOW_SECONDS,
    };
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.lanes;
  }

  private async lane(): Promise<void> {
    const { task, runId } = this.side;
    const node = await this.side.node();
    while (!this.isStopped) {
      const ids = await task.send(makeInstruction({ runId, dstNodeId: node.nodeId }));
      const { messagesList } = await node.receive();
      await node.send(makeReply(messagesList[0]!));
      await task.receive(...ids);
    }
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

/** A transaction with a snapshot of now; what it returns ends it. */
async function pinXmin({ url }: BenchDatabase): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url, application_name: 'bench pin' });
  await client.connect();
  await client.query('begin isolation level repeatable read');
  await client.query('select count(*) from run');
  return () => client.end();
}

/** Dead rows that VACUUM leaves, for somebody may still see them. */
async function deadRows(database: BenchDatabase): Promise<number> {
  await database.query('vacuum');
  const [row] = await database.query<{ rows: number }>(DEAD);
  return row!.rows;
}

/** What is wrong with the rates of a window, by those of another one. */
function tooSlow(rates: Rates, before: Rates): string[] {
  const share = rates.median / before.median;
  const shareOfAll = rates.mean / before.mean;
  return [
    ...(share >= LEAST_SHARE ? [] : [`${percent(share)} of the throughput`]),
    ...(shareOfAll >= LEAST_SHARE_OF_ALL ? [] : [`${percent(shareOfAll)} of all calls`]),
  ];
}

/** One window, and another one if that was too slow. */
async function pinnedWindows(exchanges: Exchanges, before: Rates): Promise<Rates[]> {
  const windows: Rates[] = [];
  do windows.push(await exchanges.rates());
  while (windows.length < MOST_WINDOWS && tooSlow(windows.at(-1)!, before).length > 0);
  return windows;
}

export const PINNED_XMIN = besideRuns({
  id: 'F19',
  name: 'a transaction holds its snapshot for 40 s, under load',
  runs: 1,
  workSeconds: 18,
  shownBy: [{ name: 'oldest_snapshot_transactions', above: 1_000 }],
  mostStallSeconds: 3,
  async inject(scene, sides) {
    const { database } = scene;
    const exchanges = new Exchanges(sides[0]!);
    await pause(WARM_MILLISECONDS);
    const before = await exchanges.rates();
    const unpin = await pinXmin(database);
    await pause(PINNED_MILLISECONDS);
    const pinned = await pinnedWindows(exchanges, before);
    const [oldest] = await database.query<{ transactions: number }>(PINNED);
    const held = await deadRows(database);
    await unpin();
    const after = await exchanges.rates();
    await exchanges.stop();
    const left = await deadRows(database);
    const all = [before, ...pinned, after].map(
      ({ median, mean }) => `${median.toFixed(0)} ${mean.toFixed(0)}`,
    );
    scene.tell(`calls a second, median and mean, before, under it, after: ${all.join(', ')}`);
    scene.tell(`dead rows: ${held} held by ${oldest!.transactions} transactions, then ${left}`);
    return [
      ...tooSlow(pinned.at(-1)!, before),
      ...(left < held ? [] : [`${left} dead rows are left of ${held}`]),
    ];
  },
});
