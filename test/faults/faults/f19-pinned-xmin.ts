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
/** What a snapshot costs comes with the next one again; what else slows down a window and not its neighbours does not. */
const MOST_SNAPSHOTS = 2;
/** Processes of ClientApps beat after 17.5 to 22.5 s, and again: their SuperNode refuses a beat of a task that ends. */
const WORK_SECONDS = 28;
/** Of the throughput without it: before it or after it, for machines become slower and faster, too. */
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
  return async () => {
    await client.query('rollback');
    await client.end();
  };
}

/** Dead rows that VACUUM leaves, for somebody may still see them. */
async function countDeadRows(database: BenchDatabase): Promise<number> {
  await database.query('vacuum');
  const [row] = await database.query<{ rows: number }>(DEAD);
  return row!.rows;
}

/** What one snapshot did. */
interface Held {
  readonly before: Rates;
  /** Of its last seconds. */
  readonly under: Rates;
  readonly after: Rates;
  /** How many transactions began since. */
  readonly transactions: number;
  readonly deadRows: number;
  /** Those that are left when it has gone. */
  readonly deadRowsLeft: number;
}

/** Holds a snapshot; `before`: rates of a window that has just ended. */
async function hold(database: BenchDatabase, exchanges: Exchanges, before: Rates): Promise<Held> {
  const unpin = await pinXmin(database);
  await pause(PINNED_MILLISECONDS);
  const under = await exchanges.rates();
  const [oldest] = await database.query<{ transactions: number }>(PINNED);
  const { transactions } = oldest!;
  const deadRows = await countDeadRows(database);
  await unpin();
  const deadRowsLeft = await countDeadRows(database);
  const after = await exchanges.rates();
  return { before, under, after, transactions, deadRows, deadRowsLeft };
}

/** One after the other, until one slows nothing down. */
async function holdSnapshots(database: BenchDatabase, exchanges: Exchanges): Promise<Held[]> {
  const all = [await hold(database, exchanges, await exchanges.rates())];
  while (all.length < MOST_SNAPSHOTS && tooSlow(all.at(-1)!).length > 0)
    all.push(await hold(database, exchanges, all.at(-1)!.after));
  return all;
}

/** What is wrong with the rates under a snapshot. */
function tooSlow({ before, under, after }: Held): string[] {
  const share = under.median / Math.min(before.median, after.median);
  const shareOfAll = under.mean / Math.min(before.mean, after.mean);
  return [
    ...(share >= LEAST_SHARE ? [] : [`${percent(share)} of the throughput`]),
    ...(shareOfAll >= LEAST_SHARE_OF_ALL ? [] : [`${percent(shareOfAll)} of all calls`]),
  ];
}

/** For who reads the report. */
function tell({ before, under, after, transactions, deadRows, deadRowsLeft }: Held): string {
  const show = ({ median, mean }: Rates): string => `${median.toFixed(0)} (${mean.toFixed(0)})`;
  return (
    `calls a second by the median (and all): ${show(before)} before a snapshot, ` +
    `${show(under)} under it, ${show(after)} after it; ` +
    `${deadRows} dead rows held for ${transactions} transactions, then ${deadRowsLeft}`
  );
}

export const PINNED_XMIN = besideRuns({
  id: 'F19',
  name: 'a transaction holds its snapshot for 40 s, under load',
  runs: 1,
  workSeconds: WORK_SECONDS,
  rounds: 3,
  shownBy: [{ name: 'oldest_snapshot_transactions', above: 1_000 }],
  mostStallSeconds: 3,
  async inject(scene, sides) {
    const exchanges = new Exchanges(sides[0]!);
    await pause(WARM_MILLISECONDS);
    const snapshots = await holdSnapshots(scene.database, exchanges);
    await exchanges.stop();
    for (const snapshot of snapshots) scene.tell(tell(snapshot));
    return [
      ...tooSlow(snapshots.at(-1)!),
      ...snapshots.flatMap(({ deadRows, deadRowsLeft }) =>
        deadRowsLeft < deadRows ? [] : [`${deadRowsLeft} dead rows are left of ${deadRows}`],
      ),
    ];
  },
});
