import { Inject, Injectable } from '@nestjs/common';

import { hashOfToken, newTaskToken } from '../auth/task-token';
import { CONFIG, type Config } from '../config/config';
import { Database } from '../database/database';
import { SuperLinkError } from '../errors/superlink-error';
import {
  type AcquireTaskRequest,
  AcquireTaskResponse,
  type PushTaskOutputRequest,
} from '../generated/flwr/proto/app_task';
import { Context } from '../generated/flwr/proto/message';
import { Task } from '../generated/flwr/proto/task';
import { hold, type WaitingClient } from '../waiting/hold';
import { Wakeups } from '../waiting/wakeups';
import { runTimeOf } from '../wire/run-time';
import { isoText } from '../wire/times';
import { shortDetails } from './task-details';
import type { FinishingTaskRow, PendingTaskRow } from './task-life.sql';
import { TasksRepository } from './tasks.repository';

const LOOK_EVERY_MILLISECONDS = 2_000;
const SUB_STATUSES = new Set(['completed', 'failed', 'stopped']);

/** A task's life from pending to finished; its token is the bearer of it. */
@Injectable()
export class TasksService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly tasks: TasksRepository,
    private readonly wakeups: Wakeups,
  ) {}

  /** All pending tasks, the oldest first; held back while there are none. */
  async pullPending(client: WaitingClient): Promise<Task[]> {
    const rows = await this.heldUntil(client, async () => {
      const pending = await this.tasks.listPending();
      return pending.length > 0 ? pending : undefined;
    });
    return rows?.map(toTask) ?? [];
  }

  /**
   * Claims the oldest pending task that the SuperExec can start, as it was before the claim, with a token for it; held
   * back while there is none. Who can start nothing is answered at once.
   */
  async acquire(
    request: AcquireTaskRequest,
    client: WaitingClient,
    release?: string,
  ): Promise<AcquireTaskResponse> {
    const { supportedTaskTypes: types, agentappFabHashes: fabHashes } = request;
    if (types.length === 0 && fabHashes.length === 0) return AcquireTaskResponse.fromPartial({});
    const token = newTaskToken();
    const row = await this.heldUntil(client, () =>
      this.tasks.acquire(hashOfToken(token), types, fabHashes, release),
    );
    return AcquireTaskResponse.fromPartial(row === undefined ? {} : { task: toTask(row), token });
  }

  /** A token for the task, or undefined: unknown, taken, or lost to somebody else. The claim holds for 30 s. */
  async claim(taskId: bigint, release?: string): Promise<string | undefined> {
    const token = newTaskToken();
    return (await this.tasks.claim(taskId, hashOfToken(token), release)) ? token : undefined;
  }

  /** Renews the lease to 60 s, also of a task that has not started. */
  async heartbeat(tokenHash: Buffer): Promise<void> {
    if (!(await this.tasks.heartbeat(tokenHash))) refuseToken();
  }

  /** Starts the task, or finds it started by the same token before. */
  async start(tokenHash: Buffer, release?: string): Promise<{ taskId: bigint; runId: bigint }> {
    const row = await this.tasks.start(tokenHash, release);
    if (row === undefined) refuseToken();
    return { taskId: row.task_id, runId: row.run_id };
  }

  /** Ends the task. Sent again with the token that just ended it, it is answered as the first time. */
  async finish(tokenHash: Buffer, output: PushTaskOutputRequest): Promise<void> {
    if (!SUB_STATUSES.has(output.subStatus)) {
      throw new SuperLinkError('INVALID_TASK_REQUEST', 'The sub-status is unknown.');
    }
    const end = { subStatus: output.subStatus, details: shortDetails(output.details) };
    await this.database.transaction(async (tx) => {
      const task = await this.tasks.lockRunOf(tx, tokenHash);
      if (task === undefined || !(task.is_alive || isRepeatOf(task, end))) refuseToken();
      await this.tasks.finish(tx, task.task_id, {
        ...end,
        context:
          output.context === undefined
            ? null
            : Buffer.from(Context.encode(output.context).finish()),
        runtimeSeconds: runTimeOf(output.clientappRuntime ?? 0),
      });
    });
  }

  /** Stops a run with all its tasks; their tokens die at once. False if it has ended before. */
  async stopRun(runId: bigint): Promise<boolean> {
    return this.database.transaction(async (tx) => this.tasks.stopRun(tx, runId, ''));
  }

  private async heldUntil<Result>(
    client: WaitingClient,
    look: () => Promise<Result | undefined>,
  ): Promise<Result | undefined> {
    return hold(this.wakeups, {
      topic: 'tasks',
      seconds: this.config.holds.taskSeconds,
      lookEveryMilliseconds: LOOK_EVERY_MILLISECONDS,
      client,
      look,
    });
  }
}

type TaskEnd = Pick<PushTaskOutputRequest, 'subStatus' | 'details'>;

function isRepeatOf(task: FinishingTaskRow, end: TaskEnd): boolean {
  return task.is_finished && task.sub_status === end.subStatus && task.details === end.details;
}

function toTask(row: PendingTaskRow): Task {
  return Task.fromPartial({
    taskId: row.task_id,
    type: row.type,
    runId: row.run_id,
    status: { status: 'pending', subStatus: '', details: '' },
    pendingAt: isoText(row.pending_at),
    fabHash: row.fab_hash ?? undefined,
    modelRef: row.model_ref ?? undefined,
    connectorRef: row.connector_ref ?? undefined,
  });
}

function refuseToken(): never {
  throw new SuperLinkError('UNAUTHENTICATED', 'The task token is not valid.');
}
