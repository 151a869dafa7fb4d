import { sql, type SqlText } from './sql';

/** Rows of one answer together, 32 MiB: a replica holds them several times over until they are sent. */
export const MOST_ANSWER_BYTES: SqlText = sql`33554432`;
