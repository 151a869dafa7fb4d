import { Injectable } from '@nestjs/common';

import { sql } from '../database/sql';
import { SharedNumbers } from '../metrics/shared-numbers';

/** Of sessions in this database, of standbys that send feedback, and of replication slots: all roles may see those. */
const AGE_OF_OLDEST_SNAPSHOT = sql`
select 'oldest_snapshot_transactions' as metric, '' as label,
  coalesce(max(age(xmin)), 0)::double precision as value
from (
  select backend_xmin as xmin from pg_stat_activity
  where datname is null or datname = current_database()
  union all
  select xmin from pg_replication_slots
) as snapshot`;

/** What keeps housekeeping from making tables smaller. */
@Injectable()
export class HousekeepingMetrics {
  constructor(shared: SharedNumbers) {
    shared.add({
      gauges: [
        {
          name: 'oldest_snapshot_transactions',
          help: 'Transactions since the oldest snapshot that is held: VACUUM takes away nothing that was deleted since.',
        },
      ],
      select: AGE_OF_OLDEST_SNAPSHOT,
    });
  }
}
