import { Injectable } from '@nestjs/common';

import type { RpcCall } from '../rpc/rpc-call';
import { type AnsweredLogBatch, TaskRecordsRepository } from './task-records.repository';

/** What a call that brings log lines tells beside them. */
export type CallOfLogs = Pick<RpcCall, 'transport' | 'origin' | 'began' | 'gone' | 'isAnswerLost'>;

interface Receipt extends AnsweredLogBatch {
  readonly call: CallOfLogs;
  readonly dueAt: number;
}

const LOOK_EVERY_MILLISECONDS = 100;
const AGAIN_MILLISECONDS = 1_000;
/**
 * So long after an answer nobody sends its batch again. Over HTTP the next batch may come by any connection, 0.2 s later at
 * the earliest, and a connection tells at once that it broke. Over gRPC it is the other way round.
 */
const DUE_MILLISECONDS = { http: 100, grpc: 2_000, 'grpc-adapter': 2_000 };

/**
 * Notes in the database which answers to log batches have arrived. Where that is not noted, for the replica died or the
 * client had gone, the batch stays in doubt there: the same batch, next, is that batch sent again.
 */
@Injectable()
export class LogReceipts {
  /** The last batch of each task, by its token. */
  private readonly receipts = new Map<string, Receipt>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly records: TaskRecordsRepository) {}

  /** True if this batch was the last one and was answered here, over this connection: who sends it again means it. */
  hasAnswered(origin: string, { tokenHash, digest }: AnsweredLogBatch): boolean {
    const last = this.receipts.get(keyOf(tokenHash));
    if (last?.call.origin !== origin) return false;
    return last.digest.equals(digest) && !last.call.isAnswerLost();
  }

  /** The batch is in; its answer is about to go out, if anybody waits for it. */
  note(call: CallOfLogs, batch: AnsweredLogBatch): void {
    const key = keyOf(batch.tokenHash);
    this.receipts.delete(key); // what came of the batch before says nothing of this one
    if (call.gone.aborted) return;
    const dueAt = performance.now() + DUE_MILLISECONDS[call.transport];
    this.receipts.set(key, { ...batch, call, dueAt });
    this.lookLater();
  }

  private lookLater(milliseconds = LOOK_EVERY_MILLISECONDS): void {
    this.timer ??= setTimeout(() => {
      // sockets tell of their ends before this comes, however late it is
      setImmediate(() => void this.look());
    }, milliseconds).unref();
  }

  private async look(): Promise<void> {
    const now = performance.now();
    const due = [...this.receipts].filter(([, { dueAt }]) => dueAt <= now);
    const isDone = await this.confirm(due.map(([, receipt]) => receipt));
    for (const [key, receipt] of isDone ? due : []) {
      if (this.receipts.get(key) === receipt) this.receipts.delete(key);
    }
    this.timer = undefined;
    if (this.receipts.size > 0) this.lookLater(isDone ? undefined : AGAIN_MILLISECONDS);
  }

  /** False if it is to be tried again. */
  private async confirm(receipts: readonly Receipt[]): Promise<boolean> {
    const arrived = receipts.filter(({ call }) => !call.isAnswerLost());
    if (arrived.length === 0) return true;
    return this.records.confirmLogs(arrived).then(
      () => true,
      () => false, // the database's own counters say why
    );
  }
}

const keyOf = (tokenHash: Buffer): string => tokenHash.toString('latin1');
