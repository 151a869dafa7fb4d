import { Injectable } from '@nestjs/common';

import { sql } from '../database/sql';
import { Metrics } from '../metrics/metrics';
import { SharedNumbers } from '../metrics/shared-numbers';

/** The size on disk is asked of the file system; the sum reads the rows of objects, and never their contents. */
const OBJECT_BYTES = sql`
select metric, '' as label, value from (
  select coalesce(sum(size), 0)::double precision as live,
    pg_total_relation_size('object_segment')::double precision as disk
  from object) o
cross join lateral (values ('object_bytes', live), ('object_disk_bytes', disk)) as v(metric, value)`;

/** Shows how many bytes of objects there are, and how many this replica moves. */
@Injectable()
export class ObjectMetrics {
  private readonly bytes;

  constructor(metrics: Metrics, shared: SharedNumbers) {
    this.bytes = metrics.counter({
      name: 'object_transfer_bytes_total',
      help: 'Content of objects that clients pushed (in) and pulled (out).',
      labels: ['direction'],
    });
    for (const direction of ['in', 'out']) this.bytes.inc({ direction }, 0);
    shared.add({
      gauges: [
        { name: 'object_bytes', help: 'Content of all objects that are stored.' },
        { name: 'object_disk_bytes', help: 'What they take on disk, freed space included.' },
      ],
      select: OBJECT_BYTES,
    });
  }

  moved(direction: 'in' | 'out', bytes: number): void {
    this.bytes.inc({ direction }, bytes);
  }
}
