import { once } from 'node:events';

import type { Config, ReplicaConfig } from '../config/config';
import { loadConfig, loadDatabaseConfig } from '../config/load-config';
import type { FlagTexts } from '../config/resolve-settings';
import { checkSchemaAt, migrate } from '../database/migrate';
import { waitForDatabase } from '../database/wait-for-database';
import { databasePatience } from './database-patience';
import { openEmbeddedPostgres } from './embedded-postgres';
import { checkPorts } from './ports';
import type { Running } from './run-replica';
import { watchStopSignals } from './stop-request';
import { openWaitingDoors } from './waiting-doors';

/** Besides the pools: each replica's listener, migrations, and a person with psql. */
const SPARE_CONNECTIONS_PER_REPLICA = 5;
const SPARE_CONNECTIONS = 20;

/** Of what PostgreSQL logs; the rest is for its own administrators. */
const WORTH_TELLING = /FATAL:|PANIC:|embedded/i;
const EVERY_STOP = /terminating connection due to administrator command/;

type Say = (line: string) => void;

/** `migrate` ends at a signal as any process does. */
const NEVER = new AbortController().signal;

/** Serves until a signal; resolves with the exit code. Throws ConfigError, StartFailure or what the start threw. */
export async function serve(flags: FlagTexts, say: Say): Promise<number> {
  const { config, warnings } = loadConfig(flags);
  const stopped = stopSignal(say);
  await checkPorts(config);
  const database = await openDatabase(config.database, config.replicas, say);
  try {
    await prepareDatabase(config, database.url, stopped, say);
    const running = await start(withDatabase(config, database.url), say, stopped);
    for (const warning of warnings) say(warning);
    say('Serving. Stop with Ctrl-C or SIGTERM.');
    await aborted(stopped);
    say(`Draining, for at most ${String(config.drainSeconds)} s.`);
    return await running.stop();
  } catch (error) {
    if (error === stopped.reason) return 0; // it waited for the database
    throw error;
  } finally {
    await database.stop();
  }
}

/** Brings the schema up to date; resolves with the exit code. */
export async function migrateOnly(flags: FlagTexts, say: Say): Promise<number> {
  const config = loadDatabaseConfig(flags);
  const database = await openDatabase(config, 1, say);
  try {
    const patience = databasePatience(config.waitSeconds, NEVER, say);
    const { applied } = await waitForDatabase(patience, () =>
      migrate(config.directUrl ?? database.url),
    );
    say(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`);
    return 0;
  } finally {
    await database.stop();
  }
}

/** Fires at SIGTERM or Ctrl-C; at another one later the process ends on the spot. */
function stopSignal(say: Say): AbortSignal {
  const stopping = new AbortController();
  const { requested } = watchStopSignals(() => {
    say('Ending at once, at the second signal.');
    process.exit(1);
  });
  void requested.then(() => {
    stopping.abort();
  });
  return stopping.signal;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** Waits until the database serves and has the schema of this program; probes get their answer meanwhile. */
async function prepareDatabase(
  config: Config,
  url: string,
  stopped: AbortSignal,
  say: Say,
): Promise<void> {
  const { directUrl, migrateOnStart, waitSeconds } = config.database;
  const doors = await openWaitingDoors(config);
  try {
    await waitForDatabase(databasePatience(waitSeconds, stopped, say), async () => {
      if (migrateOnStart) await migrate(directUrl ?? url);
      await checkSchemaAt({ url, isPooled: directUrl !== undefined });
    });
  } finally {
    await doors.close();
  }
}

/** One replica lives in this process; several live in processes of their own. */
async function start(config: ReplicaConfig, say: Say, stopped: AbortSignal): Promise<Running> {
  if (config.replicas === 1) {
    const { runReplica } = await import('./run-replica.js');
    return runReplica(config, say, stopped);
  }
  const { superviseReplicas } = await import('./supervisor.js');
  return superviseReplicas(config, say, stopped);
}

interface OpenDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

async function openDatabase(
  { url, dataDirectory, poolSize }: Config['database'],
  replicas: number,
  say: Say,
): Promise<OpenDatabase> {
  if (url !== undefined) return { url, stop: () => Promise.resolve() };
  say(`Starting the embedded PostgreSQL in ${dataDirectory}.`);
  return openEmbeddedPostgres({
    dataDirectory,
    maxConnections: replicas * (poolSize + SPARE_CONNECTIONS_PER_REPLICA) + SPARE_CONNECTIONS,
    onLine: (line) => {
      if (WORTH_TELLING.test(line) && !EVERY_STOP.test(line)) say(line);
    },
  });
}

/** Migrations are done by now, and replicas need not try again. */
function withDatabase(config: Config, url: string): ReplicaConfig {
  return { ...config, database: { ...config.database, url, migrateOnStart: false } };
}
