import { Injectable } from '@nestjs/common';

import { Metrics } from '../metrics/metrics';
import { Wakeups } from './wakeups';

/** What clients ask for again and again: instructions, replies, tasks. */
const POLLED = ['node', 'replies', 'tasks'];
const STREAMED = ['log', 'events'];

/** Shows what is held, and how much asking is in vain. */
@Injectable()
export class WaitingMetrics {
  constructor(metrics: Metrics, wakeups: Wakeups) {
    metrics.gauge(
      {
        name: 'held_calls',
        help: 'Calls that wait: polls of SuperNodes (node), ServerApps (replies) and SuperExecs (tasks); streams (log, events).',
        labels: ['kind'],
      },
      (set) => {
        const counts = wakeups.countByKind();
        for (const kind of [...POLLED, ...STREAMED]) set(counts.get(kind) ?? 0, { kind });
      },
    );
    metrics.lazyCounter(
      {
        name: 'polls_total',
        help: 'Polls that were answered, and those that ended empty.',
        labels: ['kind', 'result'],
      },
      (set) => {
        for (const kind of POLLED) {
          const { answered, empty } = wakeups.polls.of(kind);
          set(answered, { kind, result: 'answered' });
          set(empty, { kind, result: 'empty' });
        }
      },
    );
  }
}
