import { types } from 'pg';
import { DataSource, type MixedList } from 'typeorm';

import { fromInt8 } from '../wire/ids';
import { DatabaseServers } from './database-servers';
import { LastingClient } from './lasting-client';
import { MIGRATIONS } from './migrations/migrations';
import { ServersPool } from './servers-pool';
import { SilentLogger } from './silent-logger';

type TypeId = Parameters<typeof types.getTypeParser>[0];

const { INT8, TIMESTAMPTZ } = types.builtins;

/** Ids are uint64 in every row that the pool yields, and times keep their microseconds as text. */
const TYPES = {
  getTypeParser(oid: TypeId): unknown {
    if (oid === INT8) return fromInt8;
    if (oid === TIMESTAMPTZ) return (text: string) => text;
    return types.getTypeParser(oid, 'text');
  },
};

export interface DataSourceSettings {
  /** postgres:// or postgresql:// URL; several servers are tried in their order. */
  readonly url: string;
  /** True: a transaction pooler is at `url`, so that nothing can be set for a session. */
  readonly isPooled?: boolean;
  /** Most connections that this process opens, besides the one that listens. */
  readonly poolSize: number;
  /** True: nothing has a limit of time, for migrations, which may take long or wait for others that do. */
  readonly isPatient?: boolean;
  /** Entity classes of the modules; migrations need none. */
  readonly entities?: MixedList<new () => object>;
}

/**
 * Plans are kept, and made while tables are empty they would read these from end to end, to join or to search, when they are
 * large: only ways by an index and its key stay. To compile plans takes longer than to run them.
 */
export const PLANNING =
  '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off';

/**
 * Limits of the server itself, and how it plans. A pooler refuses them at the start of a session: there the limits are set
 * for the role, `query_timeout`, which is ours, holds either way, and no plan is kept.
 */
const SESSION_SETTINGS = {
  options: `-c TimeZone=UTC ${PLANNING}`,
  statement_timeout: 15_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 15_000,
};

/** The servers that the data source goes to, and which of them it found to take writes. */
export function serversOf(dataSource: DataSource): DatabaseServers {
  return (dataSource.options.extra as { readonly servers: DatabaseServers }).servers;
}

/**
 * TypeORM's way to PostgreSQL, whose pool also serves the raw statements. Every wait has a limit, so that a
 * database that hangs becomes an error that clients retry.
 */
export function createDataSource(settings: DataSourceSettings): DataSource {
  const servers = new DatabaseServers(settings.url);
  const { isPooled = false, isPatient = false } = settings;
  return new DataSource({
    type: 'postgres',
    driver: { Pool: ServersPool },
    url: servers.current, // TypeORM takes the database's name from it
    applicationName: 'superlink',
    entities: settings.entities ?? [],
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migration',
    synchronize: false,
    logging: false,
    logger: new SilentLogger(),
    poolErrorHandler: () => undefined, // an idle connection broke: the pool has dropped it already
    extra: {
      Client: LastingClient,
      servers,
      isPooled,
      types: TYPES,
      max: settings.poolSize,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 60_000,
      maxLifetimeSeconds: 600,
      keepAlive: true,
      ...(!isPatient && { query_timeout: 20_000 }),
      ...(!isPooled && SESSION_SETTINGS),
    },
  });
}
