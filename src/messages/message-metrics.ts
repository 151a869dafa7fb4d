import { Injectable } from '@nestjs/common';

import { sql } from '../database/sql';
import { LEASE_NOW } from '../leases/lease-now';
import { Metrics } from '../metrics/metrics';
import { SharedNumbers } from '../metrics/shared-numbers';

/** Instructions from the index instruction_deliverable; replies are few, for who has got one deletes it. */
const PENDING_MESSAGES = sql`
select v.metric, p.waits_for as label, v.value
from (
  select waits_for, count(*)::double precision as messages,
    greatest(extract(epoch from now()) - min(created_at), 0)::double precision as oldest_seconds
  from (
    select i.created_at, case
        when i.dst_node_id = 1 then 'serverapp'
        when n.online_until > ${LEASE_NOW} and n.unregistered_at is null then 'online_node'
        else 'offline_node' end as waits_for
    from instruction i left join node n on n.node_id = i.dst_node_id
    where i.confirmed_at is null and i.answered_by is null and i.expires_at > extract(epoch from now())
    union all
    select created_at, 'serverapp' from reply where expires_at > extract(epoch from now())) m
  group by waits_for) p
cross join lateral (values
  ('pending_messages', p.messages),
  ('oldest_pending_message_seconds', p.oldest_seconds)) as v(metric, value)`;

const WAITS_FOR = { name: 'waits_for', values: ['online_node', 'offline_node', 'serverapp'] };

/** Shows messages that are on their way, and those that had to be handed out again. */
@Injectable()
export class MessageMetrics {
  private readonly redeliveries;

  constructor(metrics: Metrics, shared: SharedNumbers) {
    this.redeliveries = metrics.counter({
      name: 'redeliveries_total',
      help: 'Messages handed out once more, since nobody had confirmed them 2 s after the hand-out before.',
      labels: ['to'],
    });
    for (const to of ['node', 'serverapp']) this.redeliveries.inc({ to }, 0);
    shared.add({
      gauges: [
        {
          name: 'pending_messages',
          help: 'Messages that their receiver has not confirmed.',
          label: WAITS_FOR,
          without: 0,
        },
        {
          name: 'oldest_pending_message_seconds',
          help: 'Age of the oldest of them, by the clock of who made it; 0 without any.',
          label: WAITS_FOR,
          without: 0,
        },
      ],
      select: PENDING_MESSAGES,
    });
  }

  redelivered(to: 'node' | 'serverapp', count: number): void {
    this.redeliveries.inc({ to }, count);
  }
}
