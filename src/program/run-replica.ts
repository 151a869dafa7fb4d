import type { ReplicaConfig } from '../config/config';
import { startReplica } from '../replica';
import { databasePatience } from './database-patience';
import { endsWithin } from './stop-request';
import { startSuperExec, type SuperExecCompanion } from './superexec-companion';
import { startWatchdog } from './watchdog';

/** Something that serves until it is stopped. */
export interface Running {
  /** Drains. Resolves with the exit code: 0 if all that ran has ended in time. */
  stop(): Promise<number>;
}

/**
 * One replica in this process, with its SuperExec if that was asked for. While it waits for the database, `stopped` ends
 * the start: it rejects with the signal's reason.
 */
export async function runReplica(
  config: ReplicaConfig,
  say: (line: string) => void,
  stopped: AbortSignal,
): Promise<Running> {
  const patience = databasePatience(config.database.waitSeconds, stopped, say);
  const replica = await startReplica(config, patience, say);
  startWatchdog(config.watchdogSeconds, nameOf(config));
  const superExec = await superExecFor(config, say).catch(async (error: unknown) => {
    await replica.stop();
    throw error;
  });
  const drain = async () => {
    await superExec?.stop(); // first, so that it claims nothing more
    await replica.stop();
  };
  return {
    async stop() {
      if (await endsWithin(drain(), config.drainSeconds)) return 0;
      say('The time for draining is over: cutting what still runs.');
      return 1;
    },
  };
}

/** As its lines on the standard error begin. */
function nameOf({ log: { replicaNumber } }: ReplicaConfig): string {
  return replicaNumber === undefined ? 'superlink' : `superlink: replica ${String(replicaNumber)}`;
}

async function superExecFor(
  config: ReplicaConfig,
  say: (line: string) => void,
): Promise<SuperExecCompanion | undefined> {
  return config.isolation === 'subprocess' ? startSuperExec(config, say) : undefined;
}
