import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

import { CONFIG, type Config } from '../config/config';
import { Housekeeping, stepOf } from '../housekeeping/housekeeping';
import { NodesRepository } from './nodes.repository';

const EVERY_MILLISECONDS = 60_000;
const NODES_A_STEP = 500;
/** After a long outage no node has been seen for days: they come back within their longest pause, which is 20 s. */
const NOT_BEFORE_MILLISECONDS = 60_000;

/** Forgets nodes that will not come back: each start of a SuperNode without a key of its own registers a new one. */
@Injectable()
export class NodeRetention implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly housekeeping: Housekeeping,
    private readonly nodes: NodesRepository,
  ) {}

  onModuleInit(): void {
    const days = this.config.retention.nodeDays;
    if (days === 0) return;
    this.housekeeping.add({
      name: 'old nodes',
      everyMilliseconds: EVERY_MILLISECONDS,
      notBeforeMilliseconds: NOT_BEFORE_MILLISECONDS,
      run: async (tx) => stepOf(await this.nodes.forget(tx, days, NODES_A_STEP), NODES_A_STEP),
    });
  }
}
