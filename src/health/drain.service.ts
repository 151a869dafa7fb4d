import { Inject, Injectable } from '@nestjs/common';

import { CONFIG, type Config } from '../config/config';
import { Metrics } from '../metrics/metrics';
import { Wakeups } from '../waiting/wakeups';

/** The way out of service: told first, then answered, then closed. */
@Injectable()
export class DrainService {
  private draining = false;

  constructor(
    private readonly wakeups: Wakeups,
    @Inject(CONFIG) private readonly config: Config,
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
    const milliseconds = this.config.drainNoticeSeconds * 1_000;
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }
}
