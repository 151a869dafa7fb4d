import {
  GetCompactedContextsRequest,
  GetRunSeriesEventsRequest,
} from '../../../src/generated/flwr/proto/app_message';
import { ControlService } from '../../../src/generated/flwr/proto/control';
import { StartRunRequest } from '../../../src/generated/flwr/proto/control_run';
import { CompactedContext } from '../../../src/generated/flwr/proto/runseries';
import { RuntimeService } from '../../../src/generated/flwr/proto/runtime';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../../support/cluster';
import { TINY_FAB } from '../../support/fab';
import { outcomeOf, type UnaryMethod } from '../../support/rpc-clients';
import { SuperExecActor, TaskActor } from '../../support/task-actor';

describe('what an agent knows of its series', () => {
  const cluster = useCluster();
  /** An app whose run is the next one of the series, or the first of a new one. */
  async function appIn(seriesId?: bigint): Promise<TaskActor & { readonly seriesId: bigint }> {
    const run = StartRunRequest.fromPartial({ fab: { content: TINY_FAB }, seriesId });
    const started = await cluster.clients.call(ControlService.startRun, run);
    const app = await new SuperExecActor(cluster.clients).launch(started.runId!);
    return Object.assign(app, { seriesId: started.seriesId! });
  }

  const tell = (app: TaskActor, ...names: string[]) =>
    app.call(ServerAppIoService.pushTaskEvents, {
      events: names.map((event) => ({
        ...{ id: 0n, timestamp: '', runId: 0n, taskId: 0n },
        ...{ event, data: `{"of":"${event}"}` },
      })),
    });

  const callOf =
    <Request, Response>(method: UnaryMethod<Request, Response>) =>
    (app: TaskActor, request: Request) =>
      cluster.clients.call(method, request, app.headers);
  const putContext = callOf(RuntimeService.putCompactedContext);
  const getContexts = callOf(RuntimeService.getCompactedContexts);
  const getEvents = callOf(RuntimeService.getRunSeriesEvents);
  const ask = (fields: Partial<GetRunSeriesEventsRequest> = {}) =>
    GetRunSeriesEventsRequest.fromPartial(fields);
  const page = (fields: Partial<GetCompactedContextsRequest> = {}) =>
    GetCompactedContextsRequest.fromPartial(fields);
  const summary = (fields: Partial<CompactedContext>) => ({
    context: CompactedContext.fromPartial({ text: 'so far', tokenCount: 7n, ...fields }),
  });

  describe('events', () => {
    it('are those of the primary tasks of all its runs, in the order of their ids', async () => {
      const first = await appIn();
      const second = await appIn(first.seriesId);
      const stranger = await appIn();
      await tell(first, 'a', 'b');
      await tell(stranger, 'x');
      await tell(await first.createModel(), 'of a child');
      await tell(second, 'a', 'c');
      const { events } = await getEvents(second, ask());
      expect(events.map(({ event }) => event)).toEqual(['a', 'b', 'a', 'c']);
      expect(events[0]).toMatchObject({
        runId: first.runId,
        taskId: first.taskId,
        data: '{"of":"a"}',
      });
      expect(await getEvents(first, ask())).toEqual({ events, _unknownFields: {} });
      const { seriesId } = first;
      const listed = await cluster.clients.call(ControlService.listRunSeriesEvents, { seriesId });
      expect(listed.events).toEqual(events);
    });

    it('are chosen by type, by their ids and from the end', async () => {
      const app = await appIn();
      await tell(app, 'a', 'b', 'c', 'a', 'd');
      const { events } = await getEvents(app, ask());
      const ids = events.map(({ id }) => id);
      const names = async (fields: Partial<GetRunSeriesEventsRequest>) =>
        (await getEvents(app, ask(fields))).events.map(({ event }) => event).join('');
      expect(await names({ eventTypes: ['a', 'd'] })).toBe('aad');
      expect(await names({ afterEventId: ids[1]! })).toBe('cad');
      expect(await names({ beforeEventId: ids[3]! })).toBe('abc');
      expect(await names({ afterEventId: ids[0]!, beforeEventId: ids[4]! })).toBe('bca');
      expect(await names({ lastN: 2 })).toBe('ad');
      expect(await names({ lastN: 2, beforeEventId: ids[4]!, eventTypes: ['a', 'c'] })).toBe('ca');
      expect(await names({ lastN: 2 ** 32 - 1, afterEventId: 0n })).toBe('abcad');
      expect(await names({ afterEventId: 2n ** 64n - 1n })).toBe('');
      expect(await names({ beforeEventId: 2n ** 64n - 1n })).toBe('abcad');
    });

    it('are for tasks that live', async () => {
      const app = await appIn();
      await app.input();
      await app.output();
      expect(await outcomeOf(getEvents(app, ask()))).toBe('UNAUTHENTICATED');
    });
  });

  describe('compacted contexts', () => {
    it('come newest first, one unless more are asked for', async () => {
      const app = await appIn();
      expect((await getContexts(app, page())).contexts).toEqual([]);
      await putContext(app, summary({ throughEventId: 3n, text: 'one' }));
      await putContext(app, summary({ throughEventId: 2n ** 64n - 1n, text: 'two' }));
      const next = await appIn(app.seriesId);
      await putContext(
        next,
        summary({ throughEventId: 5n, text: 'three', seriesId: app.seriesId }),
      );
      const { contexts } = await getContexts(app, page({ limit: 10 }));
      expect(contexts.map(({ text }) => text)).toEqual(['three', 'two', 'one']);
      expect(contexts[1]).toMatchObject({
        ...{ seriesId: app.seriesId, throughEventId: 2n ** 64n - 1n, tokenCount: 7n },
        createdAt: expect.stringMatching(/^\d{4}-.*\+00:00$/) as string,
      });
      expect((await getContexts(app, page())).contexts).toEqual([contexts[0]]);
      const before = { limit: 1, beforeContextId: contexts[0]!.id };
      expect((await getContexts(app, page(before))).contexts).toEqual([contexts[1]]);
      const stranger = await appIn();
      expect((await getContexts(stranger, page({ limit: 10 }))).contexts).toEqual([]);
    });

    it('sent again are kept once, by whichever replica', async () => {
      const app = await appIn();
      const put = () => outcomeOf(putContext(app, summary({ throughEventId: 4n })));
      expect(new Set(await Promise.all(Array.from({ length: 20 }, put)))).toEqual(new Set(['OK']));
      expect((await getContexts(app, page({ limit: 9 }))).contexts).toHaveLength(1);
    });

    it('keep their place against others: of 20 different ones at once one is kept', async () => {
      const app = await appIn();
      const texts = Array.from({ length: 20 }, (_, index) => `text ${index}`);
      const outcomes = await Promise.all(
        texts.map((text) => outcomeOf(putContext(app, summary({ throughEventId: 4n, text })))),
      );
      expect(outcomes.filter((outcome) => outcome === 'OK')).toHaveLength(1);
      expect(new Set(outcomes)).toEqual(new Set(['OK', 'ALREADY_EXISTS 3016']));
      const { contexts } = await getContexts(app, page({ limit: 9 }));
      expect(contexts.map(({ text }) => text)).toEqual([texts[outcomes.indexOf('OK')]]);
      const recounted = summary({ throughEventId: 4n, text: contexts[0]!.text, tokenCount: 8n });
      expect(await outcomeOf(putContext(app, recounted))).toBe('ALREADY_EXISTS 3016');
    });

    it.each([
      ['no context', { context: undefined }],
      ['no text', summary({ text: '' })],
      ['another series', summary({ seriesId: 12345n })],
    ])('are refused with %s', async (_, request) => {
      const app = await appIn();
      expect(await outcomeOf(putContext(app, request))).toBe('INVALID_ARGUMENT 3015');
      expect((await getContexts(app, page())).contexts).toEqual([]);
    });

    it('are not given to who asks for none, or has no token that lives', async () => {
      const app = await appIn();
      expect(await outcomeOf(getContexts(app, page({ limit: 0 })))).toBe('INVALID_ARGUMENT 3015');
      await cluster.clients.call(ControlService.stopRun, { runId: app.runId });
      expect(await outcomeOf(getContexts(app, page({ limit: 0 })))).toBe('UNAUTHENTICATED');
      expect(await outcomeOf(putContext(app, summary({ text: '' })))).toBe('UNAUTHENTICATED');
    });
  });
});
