import { Injectable } from '@nestjs/common';

import { programVersion } from '../config/version';
import { newestMigration } from '../database/migrate';
import { Metrics } from './metrics';

/** Tells replicas of two releases apart while one is rolled out. */
@Injectable()
export class BuildInfo {
  constructor(metrics: Metrics) {
    const labels = { version: programVersion(), schema: newestMigration() };
    metrics.gauge(
      {
        name: 'build_info',
        help: 'Always 1; which release this is, and the newest migration that it knows.',
        labels: ['version', 'schema'],
      },
      (set) => {
        set(1, labels);
      },
    );
  }
}
