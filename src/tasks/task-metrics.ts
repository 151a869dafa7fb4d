import { Injectable } from '@nestjs/common';

import { Metrics } from '../metrics/metrics';

const OUTCOMES = ['completed', 'failed', 'stopped'];
const LEASES = ['claim', 'heartbeat'];

/** Counts what this replica saw of the end of runs and of leases. */
@Injectable()
export class TaskMetrics {
  private readonly runEnds;
  private readonly expiries;

  constructor(metrics: Metrics) {
    this.runEnds = metrics.counter({
      name: 'run_ends_total',
      help: 'Runs that this replica ended, or found ended.',
      labels: ['outcome'],
    });
    this.expiries = metrics.counter({
      name: 'lease_expiries_total',
      help: 'Tasks whose process was not heard of in time: claimed and never started (claim), or silent while it ran (heartbeat).',
      labels: ['lease'],
    });
    for (const outcome of OUTCOMES) this.runEnds.inc({ outcome }, 0);
    for (const lease of LEASES) this.expiries.inc({ lease }, 0);
  }

  /** @param outcome the sub-status of the primary task, one of three */
  runsEnded(outcome: string, count: number): void {
    this.runEnds.inc({ outcome }, count);
  }

  leasesExpired(lease: 'claim' | 'heartbeat', count: number): void {
    this.expiries.inc({ lease }, count);
  }
}
