import { Injectable } from '@nestjs/common';

import { Database, type Queryable, type Transaction } from '../database/database';
import { toInt8 } from '../wire/ids';
import {
  ACQUIRE_TASK,
  ANNOUNCE_END,
  CLAIM_TASK,
  type ClaimedTaskRow,
  END_LAPSED_TASKS,
  FIND_LAPSED_RUNS,
  FINISH_TASK,
  type FinishingTaskRow,
  type LapsedClaimRow,
  type LapsedTaskRow,
  LIST_PENDING_TASKS,
  LOCK_FREE_RUNS,
  LOCK_RUN,
  LOCK_RUN_OF_TOKEN,
  type PendingTaskRow,
  READ_FINISHING_TASK,
  RENEW_TASKS,
  START_TASK,
  STOP_RUN,
  TASK_HEARTBEAT,
  TASKS_SEEN,
} from './task-life.sql';
import { TaskMetrics } from './task-metrics';

interface TaskOfRunRow {
  readonly task_id: bigint;
  readonly run_id: bigint;
}

interface RunIdRow {
  readonly run_id: bigint;
}

export interface TaskEnd {
  readonly subStatus: string;
  readonly details: string;
  /** Encoded context to keep for the series; null keeps the one before. */
  readonly context: Buffer | null;
  readonly runtimeSeconds: number;
}

/** Tasks from pending to finished. */
@Injectable()
export class TasksRepository {
  constructor(
    private readonly database: Database,
    private readonly metrics: TaskMetrics,
  ) {}

  async listPending(): Promise<PendingTaskRow[]> {
    return this.database.query<PendingTaskRow>(LIST_PENDING_TASKS);
  }

  async claim(taskId: bigint, tokenHash: Buffer, release?: string): Promise<boolean> {
    const values = [toInt8(taskId), tokenHash, release ?? null];
    const [row] = await this.database.query<LapsedClaimRow>(CLAIM_TASK, values);
    if (row?.is_again === true) this.metrics.leasesExpired('claim', 1);
    return row !== undefined;
  }

  /** Claims the oldest pending task of one of the types or FABs; undefined if there is none. */
  async acquire(
    tokenHash: Buffer,
    types: readonly string[],
    fabHashes: readonly string[],
    release?: string,
  ): Promise<PendingTaskRow | undefined> {
    const values = [tokenHash, types, fabHashes, release ?? null];
    const [row] = await this.database.query<ClaimedTaskRow>(ACQUIRE_TASK, values);
    if (row?.is_again === true) this.metrics.leasesExpired('claim', 1);
    return row;
  }

  async heartbeat(tokenHash: Buffer): Promise<boolean> {
    return (await this.database.query(TASK_HEARTBEAT, [tokenHash])).length === 1;
  }

  async noteSeen(tokenHashes: readonly Buffer[], ages: readonly number[]): Promise<void> {
    await this.database.query(TASKS_SEEN, [tokenHashes, ages]);
  }

  async start(tokenHash: Buffer, release?: string): Promise<TaskOfRunRow | undefined> {
    const values = [tokenHash, release ?? null];
    const [row] = await this.database.query<TaskOfRunRow>(START_TASK, values);
    return row;
  }

  /** Locks the run of the token's task; undefined if no task has that token. */
  async lockRunOf(tx: Transaction, tokenHash: Buffer): Promise<FinishingTaskRow | undefined> {
    const [locked] = await tx.query<TaskOfRunRow>(LOCK_RUN_OF_TOKEN, [tokenHash]);
    if (locked === undefined) return undefined;
    const values = [toInt8(locked.task_id), tokenHash];
    const [row] = await tx.query<FinishingTaskRow>(READ_FINISHING_TASK, values);
    return row;
  }

  async finish(tx: Transaction, taskId: bigint, end: TaskEnd): Promise<void> {
    const values = [toInt8(taskId), end.subStatus, end.details, end.context, end.runtimeSeconds];
    await this.announce(tx, await tx.query<RunIdRow>(FINISH_TASK, values), end.subStatus);
  }

  /** Stops all tasks of a run; false if it has ended before, or is unknown. */
  async stopRun(tx: Transaction, runId: bigint, details: string): Promise<boolean> {
    await tx.query(LOCK_RUN, [toInt8(runId)]);
    const stopped = await tx.query(STOP_RUN, [toInt8(runId), details]);
    if (stopped.length > 0) await this.announce(tx, [{ run_id: runId }], 'stopped');
    return stopped.length > 0;
  }

  /** Prolongs all leases that hold after a standstill; returns how many. */
  async renewLeases(tx: Queryable): Promise<number> {
    return (await tx.query(RENEW_TASKS)).length;
  }

  /** Ends tasks whose lease has run out, in up to `most` runs; returns how many tasks. */
  async endLapsed(tx: Queryable, most: number): Promise<number> {
    const found = await tx.query<RunIdRow>(FIND_LAPSED_RUNS, [most]);
    if (found.length === 0) return 0;
    const ids = found.map((row) => toInt8(row.run_id));
    const locked = await tx.query<RunIdRow>(LOCK_FREE_RUNS, [ids]);
    const lockedIds = locked.map((row) => toInt8(row.run_id));
    const lapsed = await tx.query<LapsedTaskRow>(END_LAPSED_TASKS, [lockedIds]);
    this.metrics.leasesExpired('heartbeat', lapsed.length);
    const ended = lapsed.filter((row) => row.ends_run);
    await this.announce(tx, ended, 'failed');
    return lapsed.length;
  }

  /** Counts them, too: a transaction that does not come to its COMMIT now may count them twice. */
  private async announce(
    tx: Queryable,
    ended: readonly RunIdRow[],
    outcome: string,
  ): Promise<void> {
    for (const { run_id: runId } of ended) await tx.query(ANNOUNCE_END, [toInt8(runId)]);
    this.metrics.runsEnded(outcome, ended.length);
  }
}
