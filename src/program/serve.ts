import type { Config, ReplicaConfig } from '../config/config';
import { loadConfig, loadDatabaseConfig } from '../config/load-config';
import type { FlagTexts } from '../config/resolve-settings';
import { migrate } from '../database/migrate';
import { openEmbeddedPostgres } from './embedded-postgres';
import { checkPorts } from './ports';
import type { Running } from './run-replica';
import { watchStopSignals } from './stop-request';

/** Besides the pools: each replica's listener, migrations, and a person with psql. */
const SPARE_CONNECTIONS_PER_REPLICA = 5;
const SPARE_CONNECTIONS = 20;

/** Of what PostgreSQL logs; the rest is for its own administrators. */
const WORTH_TELLING = /FATAL:|PANIC:|embedded/i;
const EVERY_STOP = /terminating connection due to administrator command/;

type Say = (line: string) => void;

/** Serves until a signal; resolves with the exit code. Throws ConfigError, StartFailure or what the start threw. */
export async function serve(flags: FlagTexts, say: Say): Promise<number> {
  const { config, warnings } = loadConfig(flags);
  const stop = watchStopSignals(() => {
    say('Ending at once, at the second signal.');
    process.exit(1);
  });
  await checkPorts(config);
  const database = await openDatabase(config.database, config.replicas, say);
  try {
    if (config.database.migrateOnStart) await migrate(config.database.directUrl ?? database.url);
    const running = await start(withDatabase(config, database.url), say);
    for (const warning of warnings) say(warning);
    say('Serving. Stop with Ctrl-C or SIGTERM.');
    await stop.requested;
    say(`Draining, for at most ${String(config.drainSeconds)} s.`);
    return await running.stop();
  } finally {
    await database.stop();
  }
}

/** Brings the schema up to date; resolves with the exit code. */
export async function migrateOnly(flags: FlagTexts, say: Say): Promise<number> {
  const config = loadDatabaseConfig(flags);
  const database = await openDatabase(config, 1, say);
  try {
    const { applied } = await migrate(config.directUrl ?? database.url);
    say(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`);
    return 0;
  } finally {
    await database.stop();
  }
}

/** One replica lives in this process; several live in processes of their own. */
async function start(config: ReplicaConfig, say: Say): Promise<Running> {
  if (config.replicas === 1) {
    const { runReplica } = await import('./run-replica.js');
    return runReplica(config, say);
  }
  const { superviseReplicas } = await import('./supervisor.js');
  return superviseReplicas(config, say);
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
