import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database';
import { sql, type Statement } from '../database/sql';

/** Two replicas with the same nonce: the primary key lets one insert, the other gets no row. */
const USE_NONCE: Statement = {
  name: 'use-nonce',
  text: sql`
insert into nonce (namespace, nonce, expires_at)
values ($1::text, $2::text, to_timestamp($3::double precision))
on conflict do nothing
returning 1 as used`,
};

export const DROP_EXPIRED_NONCES: Statement = {
  name: 'drop-expired-nonces',
  text: sql`
delete from nonce
where ctid = any(array(
  select ctid from nonce where expires_at < now() order by expires_at limit $1::int for update skip locked))
returning 1 as dropped`,
};

@Injectable()
export class NonceRepository {
  constructor(private readonly database: Database) {}

  /** True for the first use of `nonce` in `namespace`; remembered until `expiresAt` (seconds since the epoch). */
  async use(namespace: string, nonce: string, expiresAt: number): Promise<boolean> {
    const rows = await this.database.query(USE_NONCE, [namespace, nonce, expiresAt]);
    return rows.length === 1;
  }

  /** Drops at most `most` expired nonces; returns how many. */
  async dropExpired(tx: Queryable, most: number): Promise<number> {
    return (await tx.query(DROP_EXPIRED_NONCES, [most])).length;
  }
}
