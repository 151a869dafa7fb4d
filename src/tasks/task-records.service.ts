import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { DatabaseClock } from '../database/database-clock';
import { SuperLinkError } from '../errors/superlink-error';
import type { CreateTaskRequest, PullTaskMessageRequest } from '../generated/flwr/proto/app_task';
import { Message } from '../generated/flwr/proto/message';
import { type TaskEvent, TaskUsage } from '../generated/flwr/proto/task';
import { randomId } from '../wire/ids';
import { HARMLESS_CHARACTERS, isObject, parseJson } from '../wire/json';
import { type CallOfLogs, LogReceipts } from './log-receipts';
import { checkNewTask } from './new-task-rules';
import { whyInvalidTaskMessage } from './task-message-rules';
import { TaskRecordsRepository } from './task-records.repository';
import type { CallingTaskRow } from './task-records.sql';

/** What tasks do besides running: log, tell events and usage, create tasks and send messages to them. */
@Injectable()
export class TaskRecordsService {
  constructor(
    private readonly database: Database,
    private readonly records: TaskRecordsRepository,
    private readonly receipts: LogReceipts,
    private readonly clock: DatabaseClock,
  ) {}

  /** The task that holds the token; throws UNAUTHENTICATED if its lease is over. */
  async caller(tokenHash: Buffer): Promise<CallingTaskRow> {
    return (await this.records.findCaller(tokenHash)) ?? refuseToken();
  }

  /**
   * Appends one batch of log lines. Sent again, for its answer did not come, it is kept once; so it is when it comes to
   * the database after the next one, which another replica had: UNAVAILABLE then, for who still waits has to send it
   * again.
   */
  async appendLog(tokenHash: Buffer, lines: readonly string[], call: CallOfLogs): Promise<void> {
    const text = lines.join('').replaceAll('\0', '\uFFFD'); // PostgreSQL's text holds no NUL
    const digest = createHash('sha256').update(text).digest();
    const batch = { tokenHash, digest };
    const isNew = this.receipts.hasAnswered(call.origin, batch);
    const receivedAt = this.clock.at(call.began);
    const outcome = await this.records.appendLog(tokenHash, { text, digest, isNew, receivedAt });
    if (outcome === 'unknown token') refuseToken();
    if (outcome === 'overtaken') throw new SuperLinkError('UNAVAILABLE');
    this.receipts.note(call, batch);
  }

  /** Appends all events, or none if the data of one is no sound JSON object: then OK all the same, as upstream. */
  async appendEvents(tokenHash: Buffer, events: readonly TaskEvent[]): Promise<void> {
    const characters = events.reduce((sum, { data }) => sum + data.length, 0);
    // to parse more takes longer than to ask who tells it
    if (characters > HARMLESS_CHARACTERS) await this.caller(tokenHash);
    const kept = events.every(({ data }) => isObject(parseJson(data))) ? events : [];
    if (!(await this.records.appendEvents(tokenHash, kept))) refuseToken();
  }

  async recordUsage(tokenHash: Buffer, usage: TaskUsage | undefined): Promise<void> {
    if (usage === undefined)
      throw new SuperLinkError('INVALID_TASK_REQUEST', 'No usage was given.');
    const bytes = Buffer.from(TaskUsage.encode(usage).finish());
    if (!(await this.records.recordUsage(tokenHash, bytes))) refuseToken();
  }

  /** A new pending task in the caller's run. Sent twice it makes two: the request has no key. */
  async create(tokenHash: Buffer, request: CreateTaskRequest): Promise<bigint> {
    const caller = await this.caller(tokenHash);
    checkNewTask(caller.type, request);
    const taskId = randomId();
    const isCreated = await this.records.create(tokenHash, {
      taskId,
      type: request.type,
      fabHash: request.fabHash,
      modelRef: request.modelRef,
      connectorRef: request.connectorRef,
    });
    if (isCreated) return taskId;
    throw new SuperLinkError('TASK_CREATION_FAILED');
  }

  /** Stores a message to another task of the run; the same message again changes nothing. Returns its id. */
  async pushMessage(tokenHash: Buffer, message: Message | undefined): Promise<string> {
    const dstTaskId = message?.metadata?.dstTaskId ?? 0n;
    return this.database.transaction(async (tx) => {
      const target = await this.records.findMessageTarget(tx, tokenHash, dstTaskId);
      if (target === undefined) refuseToken();
      const why = whyInvalidTaskMessage(message, target);
      const metadata = message?.metadata;
      if (why !== undefined || message === undefined || metadata === undefined) {
        throw new SuperLinkError('INVALID_TASK_MESSAGE', why);
      }
      await this.records.storeMessage(tx, {
        messageId: metadata.messageId,
        runId: target.run_id,
        srcTaskId: target.task_id,
        dstTaskId,
        expiresAt: metadata.createdAt + metadata.ttl,
        message: Buffer.from(Message.encode(message).finish()),
      });
      return metadata.messageId;
    });
  }

  /** Messages to the caller's task, again if the connection that they were handed to has broken. */
  async pullMessages(
    tokenHash: Buffer,
    request: PullTaskMessageRequest,
    origin: string,
  ): Promise<Message[]> {
    return this.database.transaction(async (tx) => {
      if (!(await this.records.acknowledgeMessages(tx, tokenHash, origin))) refuseToken();
      const { limit, srcTaskId } = request;
      const rows = await this.records.handOutMessages(tx, tokenHash, origin, limit, srcTaskId);
      return rows.map((bytes) => Message.decode(bytes));
    });
  }
}

function refuseToken(): never {
  throw new SuperLinkError('UNAUTHENTICATED', 'The task token is not valid.');
}
