import { Injectable } from '@nestjs/common';

import { sql } from '../database/sql';
import { SharedNumbers } from '../metrics/shared-numbers';

/** From the index task_unfinished: ended runs, which stay for ever, are not looked at. */
const COUNT_RUNS = sql`
select 'runs' as metric, s.status as label, count(*)::double precision as value
from task t
join run r on r.primary_task_id = t.task_id
join task_state s on s.task_id = t.task_id
where t.finished_at is null
group by s.status`;

@Injectable()
export class RunMetrics {
  constructor(shared: SharedNumbers) {
    shared.add({
      gauges: [
        {
          name: 'runs',
          help: 'Runs that have not ended.',
          label: { name: 'status', values: ['pending', 'starting', 'running'] },
          without: 0,
        },
      ],
      select: COUNT_RUNS,
    });
  }
}
