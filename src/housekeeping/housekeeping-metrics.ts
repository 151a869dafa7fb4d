import { Injectable } from '@nestjs/common';

import { sql } from '../database/sql';
import { SharedNumbers } from '../metrics/shared-numbers';

/** By PostgreSQL's own statistics, which everybody may read, unlike the snapshots of other users' sessions. */
const COUNT_DEAD_ROWS = sql`
select 'dead_rows' as metric, '' as label, sum(n_dead_tup)::double precision as value
from pg_stat_user_tables`;

@Injectable()
export class HousekeepingMetrics {
  constructor(shared: SharedNumbers) {
    shared.add({
      gauges: [
        {
          name: 'dead_rows',
          help: 'Rows that were changed or deleted, and that VACUUM has not taken away: it cannot while any transaction is open that began before.',
        },
      ],
      select: COUNT_DEAD_ROWS,
    });
  }
}
