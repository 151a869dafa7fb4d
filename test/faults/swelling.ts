import { waitUntil } from '../../scripts/flower/ports.mjs';
import { scrape } from '../support/metrics';
import type { Bench } from './bench';
import { memoryOf } from './replica-record';

const BACK_MILLISECONDS = 60_000;
const LOOK_MILLISECONDS = 500;
/** `--pool-size` as the replicas have it. */
const POOL_SIZE = 10;
/**
 * Above what a replica had after the undisturbed run: the collector of garbage takes its time (80 MiB were seen after F19),
 * and what is freed glibc keeps for the next time (215 MiB after F26, with 4 MiB in buffers).
 */
const MORE_MEMORY_MIB = 300;

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
  const memory = replicas.map(({ pid, index }) => {
    const [now, before] = [memoryOf(pid), undisturbed?.memory[index] ?? Infinity];
    return now <= before + MORE_MEMORY_MIB
      ? []
      : [`replica ${index + 1}: ${now} MiB, was ${before}`];
  });
  const used = await Promise.all(replicas.map(({ metricsUrl }) => connectionsInUse(metricsUrl)));
  return [
    ...memory.flat(),
    ...(used.every((count) => count === 0) ? [] : [`connections in use: ${used.join(', ')}`]),
    ...(pooled <= replicas.length * POOL_SIZE ? [] : [`${pooled} connections of the pools`]),
    ...(listening === replicas.length ? [] : [`${listening} connections that listen`]),
    ...(stuck === 0 ? [] : [`${stuck} transactions go on and on`]),
    ...(waiting === 0 ? [] : [`${waiting} locks are waited for`]),
  ];
}

/** What a replica has taken from its pool and not given back; undefined if it does not say. */
async function connectionsInUse(metricsUrl: string): Promise<number | undefined> {
  return scrape(metricsUrl).then(
    (scraped) => scraped.value('pool_connections', { state: 'used' }),
    () => undefined, // what is thrown here would end the look at all else, too
  );
}
