import { InitialSchema1795000000001 } from './0001-initial-schema';

/** All migrations, oldest first. Append only: a released one never changes. */
export const MIGRATIONS = [InitialSchema1795000000001];
