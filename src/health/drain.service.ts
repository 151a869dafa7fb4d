import { Injectable } from '@nestjs/common';

import { Metrics } from '../metrics/metrics';
import { Wakeups } from '../waiting/wakeups';

/** Probes and balancers look every second or so; this long they may still send calls here, and get answers. */
const NOTICE_MILLISECONDS = 2_000;

/** The way out of service: told first, then answered, then closed. */
@Injectable()
export class DrainService {
  private draining = false;

  constructor(
    private readonly wakeups: Wakeups,
    metrics: Metrics,
  ) {
    metrics.gauge({ name: 'draining', help: '1: on the way out of service.' }, (set) => {
      set(this.draining ? 1 : 0);
    });
  }

  get isDraining(): boolean {
    return this.draining;
  }

  /** Readiness turns at once and held calls are answered; resolves when balancers have had time to notice. */
  async drain(): Promise<void> {
    this.draining = true;
    this.wakeups.close();
    await new Promise((resolve) => setTimeout(resolve, NOTICE_MILLISECONDS));
  }
}
