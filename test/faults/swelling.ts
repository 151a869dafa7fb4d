import { waitUntil } from '../../scripts/flower/ports.mjs';
import type { HouseholdReplica } from '../support/household-replica';
import { scrape } from '../support/metrics';
import type { Bench } from './bench';
import { memoryOf } from './replica-record';

const BACK_MILLISECONDS = 60_000;
const LOOK_MILLISECONDS = 500;
/** `--pool-size` as the replicas have it. */
const POOL_SIZE = 10;
/** Above what a replica had after the undisturbed run: what it has freed, glibc keeps for the next time. */
const MORE_RESIDENT_MIB = 300;
/** Heap and buffers; some 50 to 70 without anything to do. */
const MOST_HELD_MIB = 150;
const MEBIBYTE = 1_048_576;

const SESSIONS = `
select
  count(*) filter (where application_name = 'superlink')::int as pooled,
  count(*) filter (where application_name = 'superlink listen')::int as listening,
  count(*) filter (where state <> 'idle' and xact_start < now() - interval '5 seconds')::int as stuck,
  (select count(*) from pg_locks where not granted)::int as waiting
from pg_stat_activity where application_name like 'superlink%'`;

interface Sessions {
  readonly pooled: number;
  readonly listening: number;
  readonly stuck: number;
  readonly waiting: number;
}

/** What of memory, connections and locks is not back at where it was within a minute. */
export async function whatSwelled(bench: Bench): Promise<string[]> {
  let swollen = ['nothing could be learnt of memory, connections and locks'];
  const isBack = async (): Promise<boolean> => {
    swollen = await look(bench);
    return swollen.length === 0;
  };
  const limits = { timeoutMs: BACK_MILLISECONDS, pollMs: LOOK_MILLISECONDS };
  await waitUntil('replicas as they were', isBack, limits).catch(() => false);
  return swollen;
}

async function look({ database, federation, undisturbed }: Bench): Promise<string[]> {
  const { replicas } = federation;
  const [sessions] = await database.query<Readonly<Record<string, number>> & Sessions>(SESSIONS);
  const { pooled, listening, stuck, waiting } = sessions!;
  const resident = replicas.map(({ pid, index }) => {
    const [now, before] = [memoryOf(pid), undisturbed?.memory[index] ?? Infinity];
    return now <= before + MORE_RESIDENT_MIB
      ? []
      : [`replica ${index + 1}: ${now} MiB, was ${before}`];
  });
  const told = await Promise.all(replicas.map((replica) => toldBy(replica)));
  return [
    ...resident.flat(),
    ...told.flat(),
    ...(pooled <= replicas.length * POOL_SIZE ? [] : [`${pooled} connections of the pools`]),
    ...(listening === replicas.length ? [] : [`${listening} connections that listen`]),
    ...(stuck === 0 ? [] : [`${stuck} transactions go on and on`]),
    ...(waiting === 0 ? [] : [`${waiting} locks are waited for`]),
  ];
}

/** What is too much of what a replica tells of itself. */
async function toldBy({ index, metricsUrl }: HouseholdReplica): Promise<string[]> {
  const name = `replica ${index + 1}`;
  const scraped = await scrape(metricsUrl).catch(() => undefined); // a throw would end the look at all else, too
  if (scraped === undefined) return [`${name} tells nothing of itself`];
  const used = scraped.value('pool_connections', { state: 'used' });
  const bytes = ['nodejs_heap_size_used_bytes', 'nodejs_external_memory_bytes'].map(
    (metric) => scraped.value(metric) ?? Infinity,
  );
  const held = Math.round(bytes.reduce((sum, each) => sum + each, 0) / MEBIBYTE);
  return [
    ...(used === 0 ? [] : [`${name} has ${used} connections in use`]),
    ...(held <= MOST_HELD_MIB ? [] : [`${name} holds ${held} MiB`]),
  ];
}
