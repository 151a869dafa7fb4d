import { Client, type ClientConfig, types } from 'pg';
import { DataSource, type MixedList } from 'typeorm';

import { fromInt8 } from '../wire/ids';
import { MIGRATIONS } from './migrations/migrations';

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

/**
 * A client whose connection may break at any moment: between two statements, or in the very packet that ends the
 * login, nobody else listens, and an error without a listener would end the process. Its next statement fails.
 */
class LastingClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

export interface DataSourceSettings {
  /** postgres:// or postgresql:// URL. */
  readonly url: string;
  /** Most connections that this process opens, besides the one that listens. */
  readonly poolSize: number;
  /** Entity classes of the modules; migrations need none. */
  readonly entities?: MixedList<new () => object>;
}

/**
 * TypeORM's way to PostgreSQL, whose pool also serves the raw statements. Every wait has a limit, so that a
 * database that hangs becomes an error that clients retry.
 */
export function createDataSource(settings: DataSourceSettings): DataSource {
  return new DataSource({
    type: 'postgres',
    url: settings.url,
    applicationName: 'superlink',
    entities: settings.entities ?? [],
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migration',
    synchronize: false,
    logging: false,
    poolErrorHandler: () => undefined, // an idle connection broke: the pool has dropped it already
    extra: {
      Client: LastingClient,
      types: TYPES,
      max: settings.poolSize,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 60_000,
      maxLifetimeSeconds: 600,
      keepAlive: true,
      options: '-c TimeZone=UTC',
      statement_timeout: 15_000,
      query_timeout: 20_000,
      lock_timeout: 5_000,
      idle_in_transaction_session_timeout: 15_000,
    },
  });
}
