import { RuntimeService } from '../../../src/generated/flwr/proto/runtime';
import { startRun } from '../../support/task-actor';
import { request, sample, type Samples } from './sample';

/** What Runtime has and ServerAppIo, whose samples stand for the rest, has not. */
export const RUNTIME_ONLY = {
  acquireTask: RuntimeService.acquireTask,
  getCompactedContexts: RuntimeService.getCompactedContexts,
  getRunSeriesEvents: RuntimeService.getRunSeriesEvents,
  putCompactedContext: RuntimeService.putCompactedContext,
} as const;

let through = 0n;

export const RUNTIME_SAMPLES: Samples<typeof RUNTIME_ONLY> = {
  acquireTask: sample(
    async ({ clients }) => {
      await startRun(clients);
      const wanted = { supportedTaskTypes: ['flwr-serverapp'], agentappFabHashes: [] };
      return request(RuntimeService.acquireTask, wanted);
    },
    ['agentapp_fab_hashes', 'supported_task_types=a long list of the same'],
  ),
  getCompactedContexts: sample(({ task }) => {
    const page = { limit: 1, beforeContextId: 1n };
    return request(RuntimeService.getCompactedContexts, page, task.headers);
  }),
  getRunSeriesEvents: sample(({ task }) => {
    const filter = { eventTypes: ['a'], afterEventId: 0n, beforeEventId: 9n, lastN: 1 };
    return request(RuntimeService.getRunSeriesEvents, filter, task.headers);
  }),
  putCompactedContext: sample(
    ({ task }) => {
      through += 1n;
      const facts = { text: 'so far', tokenCount: 1n, id: 0n, createdAt: '', seriesId: 0n };
      const context = { ...facts, throughEventId: through };
      return request(RuntimeService.putCompactedContext, { context }, task.headers);
    },
    // what a summary says is the agent's business; its id and time are the server's
    ['id', 'through_event_id', 'text', 'created_at', 'token_count'].map(
      (name) => `context.${name}`,
    ),
  ),
};
