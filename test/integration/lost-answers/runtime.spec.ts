import {
  GetCompactedContextsRequest,
  GetRunSeriesEventsRequest,
} from '../../../src/generated/flwr/proto/app_message';
import { CompactedContext } from '../../../src/generated/flwr/proto/runseries';
import { RuntimeService } from '../../../src/generated/flwr/proto/runtime';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../../support/cluster';
import { startRun } from '../../support/task-actor';
import { type LostAnswerCase, Stage } from './stage.fixture';

const SERVER_APPS = { supportedTaskTypes: ['flwr-serverapp'], agentappFabHashes: [] };

/** What Runtime has beside the methods that it shares with ServerAppIo. */
type OwnMethod = Exclude<keyof typeof RuntimeService, keyof typeof ServerAppIoService>;

const CASES: Readonly<Record<OwnMethod, LostAnswerCase>> = {
  acquireTask: {
    duty: 'gives no second token; the task is pending again when its 30 s are over',
    play: async (stage) => {
      const { clients, query, count } = stage.cluster;
      const acquire = () => clients.call(RuntimeService.acquireTask, SERVER_APPS);
      while ((await acquire()).token !== ''); // nothing of other cases waits any more
      const runId = BigInt.asIntN(64, await startRun(clients));
      const again = await stage.twice(RuntimeService.acquireTask, SERVER_APPS, () => ({}));
      expect(again).toMatchObject({ task: undefined, token: '' });
      const lease = 'select round(extract(epoch from active_until - starting_at)) from task';
      expect(await count(`${lease} where run_id = $1`, [runId])).toBe(30);
      await query('update task set active_until = now() where run_id = $1', [runId]);
      const { task, token } = await acquire();
      expect(BigInt.asIntN(64, task!.runId)).toBe(runId);
      expect(token).toMatch(/^[0-9a-f]{256}$/);
    },
  },
  getRunSeriesEvents: {
    duty: 'gives the same events',
    play: async (stage) => {
      const event = { id: 0n, timestamp: '', runId: 0n, taskId: 0n, event: 'step', data: '{}' };
      await stage.app.call(ServerAppIoService.pushTaskEvents, { events: [event] });
      const request = GetRunSeriesEventsRequest.fromPartial({});
      const { events } = await stage.twiceByApp(RuntimeService.getRunSeriesEvents, request);
      expect(events.map((each) => each.event)).toEqual(['step']);
    },
  },
  putCompactedContext: {
    duty: 'keeps the summary once',
    play: async (stage) => {
      const context = CompactedContext.fromPartial({ text: 'so far', throughEventId: 4n });
      await stage.twiceByApp(RuntimeService.putCompactedContext, { context });
      const all = GetCompactedContextsRequest.fromPartial({ limit: 9 });
      const { contexts } = await stage.app.call(RuntimeService.getCompactedContexts, all);
      expect(contexts).toMatchObject([{ text: 'so far', throughEventId: 4n }]);
    },
  },
  getCompactedContexts: {
    duty: 'gives the same summaries',
    play: async (stage) => {
      const context = CompactedContext.fromPartial({ text: 'so far', throughEventId: 4n });
      await stage.app.call(RuntimeService.putCompactedContext, { context });
      const request = GetCompactedContextsRequest.fromPartial({});
      const { contexts } = await stage.twiceByApp(RuntimeService.getCompactedContexts, request);
      expect(contexts).toMatchObject([{ text: 'so far' }]);
    },
  },
};

describe('Runtime: an answer is lost after the commit and the call sent again to another replica', () => {
  const cluster = useCluster();

  for (const [method, { duty, play }] of Object.entries(CASES)) {
    it(`${method} ${duty}`, async () => {
      await play(await Stage.set(cluster));
    });
  }
});
