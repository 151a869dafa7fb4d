import { Injectable } from '@nestjs/common';

import { Database, type Transaction } from '../database/database';
import { toInt8 } from '../wire/ids';
import {
  ACKNOWLEDGE_TASK_MESSAGES,
  APPEND_EVENTS,
  APPEND_LOG,
  type AppendedLogRow,
  type CallingTaskRow,
  CONFIRM_LOGS,
  CREATE_TASK,
  type CreatedTaskRow,
  DROP_DEAD_TASK_MESSAGES,
  FIND_CALLING_TASK,
  FIND_TASK_MESSAGE_TARGET,
  HAND_OUT_TASK_MESSAGES,
  type LoggedRow,
  RECORD_USAGE,
  STORE_TASK_MESSAGE,
  type TaskMessageRow,
  type TaskMessageTargetRow,
} from './task-records.sql';

export interface LogBatch {
  readonly text: string;
  readonly digest: Buffer;
  /** True: it is no earlier one sent again, even if it is equal. */
  readonly isNew: boolean;
  /** When a replica had it whole: seconds since the epoch by the database's clock. */
  readonly receivedAt: number;
}

/** Overtaken: a later batch is kept, so this one was sent again and is kept, too; or it has to be sent again. */
export type LogOutcome = 'kept' | 'overtaken' | 'unknown token';

/** One whose answer was sent. */
export interface AnsweredLogBatch {
  readonly tokenHash: Buffer;
  readonly digest: Buffer;
}

export interface NewTask {
  readonly taskId: bigint;
  readonly type: string;
  readonly fabHash: string | undefined;
  readonly modelRef: string | undefined;
  readonly connectorRef: string | undefined;
}

export interface NewTaskMessage {
  readonly messageId: string;
  readonly runId: bigint;
  readonly srcTaskId: bigint;
  readonly dstTaskId: bigint;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  readonly message: Buffer;
}

/** What tasks leave behind: logs, events, usage, and messages to other tasks. */
@Injectable()
export class TaskRecordsRepository {
  constructor(private readonly database: Database) {}

  async findCaller(tokenHash: Buffer): Promise<CallingTaskRow | undefined> {
    const [row] = await this.database.query<CallingTaskRow>(FIND_CALLING_TASK, [tokenHash]);
    return row;
  }

  async appendLog(tokenHash: Buffer, batch: LogBatch): Promise<LogOutcome> {
    const values = [tokenHash, batch.text, batch.digest, batch.isNew, batch.receivedAt];
    const [row] = await this.database.query<AppendedLogRow>(APPEND_LOG, values);
    if (row?.known !== true) return 'unknown token';
    return row.overtaken ? 'overtaken' : 'kept';
  }

  /** The answers to these have arrived. */
  async confirmLogs(batches: readonly AnsweredLogBatch[]): Promise<void> {
    const tokenHashes = batches.map(({ tokenHash }) => tokenHash);
    await this.database.query(CONFIRM_LOGS, [tokenHashes, batches.map(({ digest }) => digest)]);
  }

  async appendEvents(
    tokenHash: Buffer,
    events: readonly { readonly event: string; readonly data: string }[],
  ): Promise<boolean> {
    const names = events.map(({ event }) => event);
    const data = events.map((event) => event.data);
    return isKnown(await this.database.query<LoggedRow>(APPEND_EVENTS, [tokenHash, names, data]));
  }

  async recordUsage(tokenHash: Buffer, usage: Buffer): Promise<boolean> {
    return isKnown(await this.database.query<LoggedRow>(RECORD_USAGE, [tokenHash, usage]));
  }

  /** False if the caller has ended meanwhile. */
  async create(tokenHash: Buffer, task: NewTask): Promise<boolean> {
    const rows = await this.database.query<CreatedTaskRow>(CREATE_TASK, [
      tokenHash,
      toInt8(task.taskId),
      task.type,
      task.fabHash ?? null,
      task.modelRef ?? null,
      task.connectorRef ?? null,
    ]);
    return rows.length === 1;
  }

  async findMessageTarget(
    tx: Transaction,
    tokenHash: Buffer,
    dstTaskId: bigint,
  ): Promise<TaskMessageTargetRow | undefined> {
    const values = [tokenHash, toInt8(dstTaskId)];
    const [row] = await tx.query<TaskMessageTargetRow>(FIND_TASK_MESSAGE_TARGET, values);
    return row;
  }

  async storeMessage(tx: Transaction, message: NewTaskMessage): Promise<void> {
    await tx.query(STORE_TASK_MESSAGE, [
      message.messageId,
      toInt8(message.runId),
      toInt8(message.srcTaskId),
      toInt8(message.dstTaskId),
      message.expiresAt,
      message.message,
    ]);
  }

  async acknowledgeMessages(tx: Transaction, tokenHash: Buffer, origin: string): Promise<boolean> {
    return isKnown(await tx.query<LoggedRow>(ACKNOWLEDGE_TASK_MESSAGES, [tokenHash, origin]));
  }

  async handOutMessages(
    tx: Transaction,
    tokenHash: Buffer,
    origin: string,
    most: bigint | undefined,
    srcTaskId: bigint | undefined,
  ): Promise<Buffer[]> {
    const sender = srcTaskId === undefined ? null : toInt8(srcTaskId);
    const values = [tokenHash, origin, most ?? null, sender];
    const rows = await tx.query<TaskMessageRow>(HAND_OUT_TASK_MESSAGES, values);
    return rows.map((row) => row.message);
  }

  /** Drops up to `most` messages to tasks that have ended and as many that have expired; returns how many. */
  async dropDeadMessages(tx: Transaction, most: number): Promise<number> {
    return (await tx.query(DROP_DEAD_TASK_MESSAGES, [most])).length;
  }
}

function isKnown(rows: readonly LoggedRow[]): boolean {
  return rows[0]?.known === true;
}
