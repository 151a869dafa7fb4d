import type { Bench } from './bench';
import { playQuiet } from './during-run';
import type { FaultReport } from './fault';
import { KILLED_REPLICAS } from './faults/f01-killed-replicas';
import { DATABASE_RESTARTS } from './faults/f12-database-restarts';
import { memoryOf } from './replica-record';

const MINUTE = 60_000;
/** Of so many runs one meets the loss of replicas, and one that of PostgreSQL. */
const CYCLE = 4;
const SIZE = `select pg_database_size(current_database())::float8 / 1024 / 1024 as mib`;

/** Runs of the toy, one after the other, for so many minutes; every other one is disturbed. */
export async function soak(
  bench: Bench,
  minutes: number,
  tell: (report: FaultReport) => void,
): Promise<void> {
  const end = performance.now() + minutes * MINUTE;
  for (let seed = 1; performance.now() < end; seed += 1) {
    const report = await playNext(bench, seed);
    const [size] = await bench.database.query<{ mib: number }>(SIZE);
    const memory = bench.federation.replicas.map(({ pid }) => `${memoryOf(pid)} MiB`);
    const state = `replicas ${memory.join(', ')}; database ${size!.mib.toFixed(1)} MiB`;
    tell({ ...report, told: [...report.told, state] });
  }
}

async function playNext(bench: Bench, seed: number): Promise<FaultReport> {
  const turn = seed % CYCLE;
  if (turn === 1) return KILLED_REPLICAS.play(() => Promise.resolve(bench), seed);
  if (turn === 3) return DATABASE_RESTARTS.play(() => Promise.resolve(bench), seed);
  return playQuiet(bench, seed);
}
