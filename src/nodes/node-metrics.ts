import { Injectable } from '@nestjs/common';

import { sql } from '../database/sql';
import { LEASE_NOW } from '../leases/lease-now';
import { SharedNumbers } from '../metrics/shared-numbers';

/** From the index node_online: unregistered nodes, which stay for ever, are not looked at. */
const COUNT_NODES = sql`
select 'nodes' as metric, status as label, count(*)::double precision as value
from (
  select case
      when online_until is null then 'registered'
      when online_until > ${LEASE_NOW} then 'online'
      when last_deactivated_at >= online_until then 'offline'
      else 'lost' end as status
  from node where unregistered_at is null) n
group by status`;

@Injectable()
export class NodeMetrics {
  constructor(shared: SharedNumbers) {
    shared.add({
      gauges: [
        {
          name: 'nodes',
          help: 'SuperNodes that are not unregistered; "registered": not seen yet, "offline": gone with a goodbye, "lost": silent until its lease ended.',
          label: { name: 'status', values: ['registered', 'online', 'offline', 'lost'] },
          without: 0,
        },
      ],
      select: COUNT_NODES,
    });
  }
}
