import type { Setting } from '../setting';
import { PATH, POSTGRES_URL, SWITCH, wholeNumber } from '../setting-kinds';

export const DATABASE_SETTINGS = {
  database: {
    group: 'Database',
    kind: POSTGRES_URL,
    environment: 'FLWR_DATABASE',
    without: 'an embedded PostgreSQL',
    secret: true,
    doc: 'PostgreSQL 14 or newer that all replicas share; of several hosts the first that takes writes.',
  },
  databaseDirect: {
    group: 'Database',
    kind: POSTGRES_URL,
    secret: true,
    doc: 'The way around a transaction pooler (PgBouncer) in --database, for LISTEN and migrations. With it no prepared statements are used, which such poolers mix up.',
  },
  dataDirectory: {
    group: 'Database',
    kind: PATH,
    without: '~/.superlink, as root /var/lib/superlink',
    doc: 'Where the embedded PostgreSQL keeps its data.',
  },
  poolSize: {
    group: 'Database',
    kind: wholeNumber(1, 1_000),
    default: '10',
    doc: 'Database connections of each replica.',
  },
  databaseWaitSeconds: {
    group: 'Database',
    kind: wholeNumber(0, 86_400, 'seconds'),
    default: '60',
    doc: 'How long a start waits for a database that cannot be reached, has no free connection or takes no writes; 0: it fails at once.',
  },
  migrate: {
    group: 'Database',
    kind: SWITCH,
    flag: '--no-migrate',
    default: 'true',
    doc: 'Do not bring the schema up to date at the start; run `superlink migrate` before.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
