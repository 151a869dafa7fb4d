import { RuntimeService } from '../../../src/generated/flwr/proto/runtime';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import type { Task } from '../../../src/generated/flwr/proto/task';
import type { Script } from '../core/script';
import type { Side } from '../core/side';
import { PlannedTask } from './cast';
import { ControlCalls } from './control-calls';
import { FleetCalls } from './fleet-calls';
import { TaskCalls } from './task-calls';

/** Number of objects of each message of the plan: chunk, array, record, dict, message. */
export const OBJECTS = 5;

/** How tasks are handed out: to 1.38 by two calls, from 1.39 on by one. */
export type Edition = 'grpc' | 'http';

/** Everybody who may appear in the plan. */
export class Stage {
  readonly fleet: FleetCalls;
  readonly tasks: TaskCalls;
  readonly control: ControlCalls;

  constructor(
    readonly script: Script,
    readonly edition: Edition,
  ) {
    this.fleet = new FleetCalls(script);
    this.tasks = new TaskCalls(script, edition === 'grpc' ? ServerAppIoService : RuntimeService);
    this.control = new ControlCalls(script);
  }

  /** A run that waits for its process. */
  pendingRun(situation?: string): PlannedTask {
    const run = this.script.name('run');
    this.control.startRun(run, situation);
    return new PlannedTask(run, run);
  }

  /** A run whose ServerApp has its input: messages may flow. */
  runningRun(): PlannedTask {
    const task = this.pendingRun();
    this.handOut(task);
    this.tasks.input(task);
    return task;
  }

  /** The waiting task is given to its process. Where the server chooses, no other one may wait. */
  handOut(task: PlannedTask, situation = 'as usual', type = 'flwr-serverapp'): void {
    if (this.edition === 'grpc') {
      this.pending(situation);
      this.claim(task, situation);
    } else {
      this.acquire([type], situation);
    }
  }

  pending(situation = 'as usual'): void {
    this.script.call(ServerAppIoService.pullPendingTasks, situation, {
      ask: () => ({}),
      take: (side, { tasks }) => {
        for (const task of tasks) learnPrimary(side, task);
      },
    });
  }

  claim(task: PlannedTask, situation = 'as usual'): void {
    this.script.call(ServerAppIoService.claimTask, situation, {
      ask: (side) => ({ taskId: task.id(side) }),
      take: (side, { token }) => side.learn('token', task.name, token),
    });
  }

  acquire(types: readonly string[], situation = 'as usual', hashes: readonly string[] = []): void {
    this.script.call(RuntimeService.acquireTask, situation, {
      ask: () => ({ supportedTaskTypes: [...types], agentappFabHashes: [...hashes] }),
      take: (side, { task, token }) => {
        if (task === undefined) return;
        learnPrimary(side, task);
        side.learn('token', side.nameOf('task', task.taskId) ?? '', token);
      },
    });
  }
}

/** The first task of a run that is seen has the run's name. */
function learnPrimary(side: Side, { taskId, runId }: Task): void {
  const run = side.nameOf('run', runId);
  if (run === undefined || side.nameOf('task', taskId) !== undefined) return;
  side.learn('task', run, taskId);
}

/** A part of the plan. Where it yields, another part may go on. */
export type Episode = (stage: Stage) => Generator<void>;
