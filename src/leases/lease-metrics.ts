import { Injectable } from '@nestjs/common';

import { sql } from '../database/sql';
import { SharedNumbers } from '../metrics/shared-numbers';

/** Never beaten it is no age at all. */
const AGE_OF_LEASE_CLOCK = sql`
select 'lease_clock_age_seconds' as metric, '' as label,
  greatest(extract(epoch from now())::double precision - extract(epoch from beaten_at)::double precision, 0) as value
from lease_clock`;

@Injectable()
export class LeaseMetrics {
  constructor(shared: SharedNumbers) {
    shared.add({
      gauges: [
        {
          name: 'lease_clock_age_seconds',
          help: 'Since a replica last beat the clock of leases. From 10 s on it stands: no lease runs out, and nobody counts as gone.',
        },
      ],
      select: AGE_OF_LEASE_CLOCK,
    });
  }
}
