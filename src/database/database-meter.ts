import type { Pool } from 'pg';

import type { Metrics } from '../metrics/metrics';
import { type Turns, URGENCIES, type Urgency } from '../waiting/turns';
import type { WhyRefused } from '../waiting/waiting-line';
import { databaseErrorClass } from './database-errors';

/** Counts what goes wrong on the pool, and shows how much of it is in use. */
export class DatabaseMeter {
  private readonly errors;
  private readonly refusals;

  constructor(metrics: Metrics, pool: Pool, turns: Turns) {
    this.errors = metrics.counter({
      name: 'database_errors_total',
      help: 'Statements that failed and connections that were not to be had, by class of SQLSTATE; "connection": lost, or never made.',
      labels: ['class'],
    });
    this.refusals = metrics.counter({
      name: 'connection_refusals_total',
      help: 'Statements that did not get a connection, and why: "full": too many waited; "late": waited for 5 s.',
      labels: ['urgency', 'why'],
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
        const inTurn = URGENCIES.map((urgency) => turns.waitingOf(urgency));
        set(
          inTurn.reduce((sum, waiting) => sum + waiting, pool.waitingCount),
          { state: 'waiting' },
        );
      },
    );
  }

  /** A statement did not get a connection. */
  refused(urgency: Urgency, why: WhyRefused): void {
    this.refusals.inc({ urgency, why });
  }

  /** Takes note of what a statement or a transaction ended with; what the rules threw does not count. */
  failed(error: unknown): void {
    const errorClass = databaseErrorClass(error);
    if (errorClass !== undefined) this.errors.inc({ class: errorClass });
  }
}
