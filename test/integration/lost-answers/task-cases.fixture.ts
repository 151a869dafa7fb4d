import { StartAutomationRequest } from '../../../src/generated/flwr/proto/control_automation';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { outcomeOf } from '../../support/rpc-clients';
import { startRun, SuperExecActor } from '../../support/task-actor';
import { TRAFFIC_OF_RUN } from '../../support/traffic';
import { type LostAnswerCase, type Stage, untilDefined } from './stage.fixture';

const LONGEST_SECONDS = 5;

type TaskMethod =
  | 'pullPendingTasks'
  | 'claimTask'
  | 'getRun'
  | 'sendTaskHeartbeat'
  | 'pullTaskInput'
  | 'pushTaskOutput'
  | 'createTask'
  | 'pushLogs'
  | 'pushTaskEvents'
  | 'recordTaskUsage'
  | 'pushTaskMessage'
  | 'pullTaskMessage'
  | 'startAutomation'
  | 'getConnector'
  | 'getFederationOptions';

const unsigned = () => ({});

/** A run whose task waits to be claimed. */
async function pendingTask(stage: Stage): Promise<{ runId: bigint; taskId: bigint }> {
  const runId = await startRun(stage.cluster.clients);
  const tasks = await new SuperExecActor(stage.cluster.clients).pending();
  return { runId, taskId: tasks.find((task) => task.runId === runId)!.taskId };
}

/** What each method of a task's life owes when its answer was lost and the call is sent again. */
export const TASK_CASES: Readonly<Record<TaskMethod, LostAnswerCase>> = {
  pullPendingTasks: {
    duty: 'lists the same tasks',
    play: async (stage) => {
      const { taskId } = await pendingTask(stage);
      const { tasks } = await stage.twice(ServerAppIoService.pullPendingTasks, {}, unsigned);
      expect(tasks.map((task) => task.taskId)).toContain(taskId);
    },
  },
  claimTask: {
    duty: 'gives no second token; the task is pending again when its 30 s are over',
    play: async (stage) => {
      const { taskId } = await pendingTask(stage);
      const { token } = await stage.twice(ServerAppIoService.claimTask, { taskId }, unsigned);
      expect(token).toBeUndefined();
      const superExec = new SuperExecActor(stage.cluster.clients);
      const lists = async () => (await superExec.pending()).some((task) => task.taskId === taskId);
      expect(await lists()).toBe(false);
      const id = BigInt.asIntN(64, taskId);
      const lease = 'select round(extract(epoch from active_until - starting_at)) from task';
      expect(await stage.cluster.count(`${lease} where task_id = $1`, [id])).toBe(30);
      await stage.cluster.query('update task set active_until = now() where task_id = $1', [id]);
      expect(await lists()).toBe(true);
      expect(await superExec.claim(taskId)).toMatch(/^[0-9a-f]{256}$/);
    },
  },
  getRun: {
    duty: 'gives the same run',
    play: async (stage) => {
      const request = { node: undefined, runId: stage.app.runId };
      const { run } = await stage.twice(ServerAppIoService.getRun, request, unsigned);
      expect(run?.runId).toBe(stage.app.runId);
    },
  },
  sendTaskHeartbeat: {
    duty: 'succeeds and leaves a lease of 60 s',
    play: async (stage) => {
      const answer = await stage.twiceByApp(ServerAppIoService.sendTaskHeartbeat, {});
      expect(answer.success).toBe(true);
      const left = 'select extract(epoch from active_until - now()) from task where task_id = $1';
      const seconds = await stage.cluster.count(left, [stage.ids.task]);
      expect(seconds).toBeGreaterThan(50);
      expect(seconds).toBeLessThanOrEqual(60);
    },
  },
  pullTaskInput: {
    duty: 'gives the same input',
    play: async (stage) => {
      const superExec = new SuperExecActor(stage.cluster.clients);
      const app = await superExec.launch(await startRun(stage.cluster.clients));
      const input = await stage.twice(ServerAppIoService.pullTaskInput, {}, () => app.headers);
      expect(input).toMatchObject({ taskId: app.taskId, run: { runId: app.runId } });
      expect(input.run?.status?.status).toBe('running');
      expect(await app.input()).toEqual(input);
    },
  },
  pushTaskOutput: {
    duty: 'succeeds; the run ended once',
    play: async (stage) => {
      const request = { subStatus: 'completed', details: 'done', clientappRuntime: 2.5 };
      await stage.twiceByApp(ServerAppIoService.pushTaskOutput, { context: undefined, ...request });
      const ended = `select t.sub_status, t.details, traffic.clientapp_runtime
         from task t, ${TRAFFIC_OF_RUN} where t.run_id = $1 and t.task_id = $2`;
      const [row] = await stage.cluster.query(ended, [stage.ids.run, stage.ids.task]);
      expect(row).toEqual({ sub_status: 'completed', details: 'done', clientapp_runtime: 2.5 });
      const other = stage.app.output({ subStatus: 'failed' });
      expect(await outcomeOf(other)).toBe('UNAUTHENTICATED');
    },
  },
  createTask: {
    duty: 'makes a second task, since requests have no key: at least once',
    play: async (stage) => {
      const absent = { fabHash: undefined, connectorRef: undefined, connectorId: undefined };
      const request = { type: 'flwr-model', modelRef: 'any/model', ...absent };
      const { taskId } = await stage.twiceByApp(ServerAppIoService.createTask, request);
      const pending = await new SuperExecActor(stage.cluster.clients).pending();
      const ofRun = pending.filter((task) => task.runId === stage.app.runId);
      expect(ofRun.map((task) => task.taskId)).toContain(taskId);
      expect(ofRun).toHaveLength(2);
    },
  },
  pushLogs: {
    duty: 'keeps the lines once; the same lines said twice over one connection are kept twice',
    play: async (stage) => {
      const request = { node: undefined, runId: stage.app.runId, logs: ['round 1\n', 'round 2\n'] };
      await stage.twiceByApp(ServerAppIoService.pushLogs, request);
      const lines = 'select count(*) from task_log where task_id = $1 and log = $2';
      const text = request.logs.join('');
      expect(await stage.cluster.count(lines, [stage.ids.task, text])).toBe(1);
      const one = stage.app.through(stage.cluster.connect([1]));
      await one.logs('tick\n');
      await one.logs('tick\n');
      expect(await stage.cluster.count(lines, [stage.ids.task, 'tick\n'])).toBe(2);
    },
  },
  pushTaskEvents: {
    duty: 'keeps the events at least once',
    play: async (stage) => {
      const event = { id: 0n, timestamp: '', runId: 0n, taskId: 0n, event: 'step', data: '{}' };
      await stage.twiceByApp(ServerAppIoService.pushTaskEvents, { events: [event] });
      const kept = `select count(*) from task_event where task_id = $1 and event = 'step'`;
      expect(await stage.cluster.count(kept, [stage.ids.task])).toBe(2);
    },
  },
  recordTaskUsage: {
    duty: 'keeps the usage at least once',
    play: async (stage) => {
      const tokens = { inputTokens: 1n, outputTokens: 2n, totalTokens: 3n };
      const taskUsage = { usageType: 'llm', provider: 'any', ...tokens };
      await stage.twiceByApp(ServerAppIoService.recordTaskUsage, { taskUsage });
      const kept = 'select count(*) from task_usage where task_id = $1';
      expect(await stage.cluster.count(kept, [stage.ids.task])).toBe(2);
    },
  },
  pushTaskMessage: {
    duty: 'gives the same id and keeps the message once',
    play: async (stage) => {
      const receiver = await stage.app.createModel();
      const message = stage.app.messageTo(receiver);
      const answer = await stage.twiceByApp(ServerAppIoService.pushTaskMessage, { message });
      expect(answer.messageId).toBe(message.metadata?.messageId);
      expect(await receiver.pullTaskMessages()).toEqual([message]);
    },
  },
  pullTaskMessage: {
    duty: 'gives the message again from 2 s on; the next pull over the same connection says that it came',
    play: async (stage) => {
      const receiver = await stage.app.createModel();
      const message = stage.app.messageTo(receiver);
      await stage.app.call(ServerAppIoService.pushTaskMessage, { message });
      const request = { limit: undefined, srcTaskId: undefined };
      await stage.lose(ServerAppIoService.pullTaskMessage, request, receiver.headers);
      const again = receiver.through(stage.cluster.connect([1]));
      const got = await untilDefined(LONGEST_SECONDS, async () => {
        const [first] = await again.pullTaskMessages();
        return first;
      });
      expect(got).toEqual(message);
      await again.pullTaskMessages();
      const rows = 'select count(*) from task_message where run_id = $1';
      expect(await stage.cluster.count(rows, [stage.ids.run])).toBe(0);
    },
  },
  startAutomation: {
    duty: 'makes a second automation, since requests have no key: at least once',
    play: async (stage) => {
      const { run } = await stage.node.getRun(stage.app.runId);
      const startRunRequest = { fab: { hashStr: run!.fabHash }, seriesId: run!.seriesId };
      const request = StartAutomationRequest.fromPartial({
        startRunRequest,
        startAt: '2099-01-01T00:00:00+00:00',
      });
      const answer = await stage.twiceByApp(ServerAppIoService.startAutomation, request);
      expect(answer).toMatchObject({ seriesId: run!.seriesId, nextRunAt: request.startAt });
      const automations = 'select count(*) from automation where series_id = $1';
      const series = BigInt.asIntN(64, run!.seriesId);
      expect(await stage.cluster.count(automations, [series])).toBe(2);
    },
  },
  getConnector: {
    duty: 'is refused as before',
    play: async (stage) => {
      const refusal = stage.refusedTwice(ServerAppIoService.getConnector, {}, stage.app.headers);
      expect(await refusal).toBe('PERMISSION_DENIED 3001');
    },
  },
  getFederationOptions: {
    duty: 'is refused as before',
    play: async (stage) => {
      const method = ServerAppIoService.getFederationOptions;
      const refusal = stage.refusedTwice(method, { runId: stage.app.runId }, stage.app.headers);
      expect(await refusal).toBe('UNIMPLEMENTED');
    },
  },
};
