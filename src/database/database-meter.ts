import type { Pool } from 'pg';

import type { Metrics } from '../metrics/metrics';
import { databaseErrorClass } from './database-errors';

/** Counts what goes wrong on the pool, and shows how much of it is in use. */
export class DatabaseMeter {
  private readonly errors;

  constructor(metrics: Metrics, pool: Pool) {
    this.errors = metrics.counter({
      name: 'database_errors_total',
      help: 'Statements that failed and connections that were not to be had, by class of SQLSTATE; "connection": lost, or never made.',
      labels: ['class'],
    });
    metrics.gauge(
      {
        name: 'pool_connections',
        help: 'Connections to the database, at most --pool-size; "waiting": statements that wait for one.',
        labels: ['state'],
      },
      (set) => {
        set(pool.totalCount - pool.idleCount, { state: 'used' });
        set(pool.idleCount, { state: 'idle' });
        set(pool.waitingCount, { state: 'waiting' });
      },
    );
  }

  /** Takes note of what a statement or a transaction ended with; what the rules threw does not count. */
  failed(error: unknown): void {
    const errorClass = databaseErrorClass(error);
    if (errorClass !== undefined) this.errors.inc({ class: errorClass });
  }
}
