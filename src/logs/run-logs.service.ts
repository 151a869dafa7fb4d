import { Injectable } from '@nestjs/common';

import { retryWhileUnavailable } from '../database/retry-while-unavailable';
import { StreamLogsResponse, StreamRunEventsResponse } from '../generated/flwr/proto/control_run';
import type { TaskEvent } from '../generated/flwr/proto/task';
import type { StreamReader } from '../rpc/rpc-call';
import { Wakeups } from '../waiting/wakeups';
import { isoText } from '../wire/times';
import { type Batch, follow } from './follow';
import { type EventRow, RunLogRepository } from './run-log.repository';

/** A stream outlives a database failover: the CLI would take UNAVAILABLE for the end. */
const RETRY_SECONDS = 30;

export interface FollowedEvents {
  readonly runId: bigint;
  readonly after: bigint;
  readonly isPrimaryOnly: boolean;
}

/** Follows what a run writes, from any replica, whoever wrote it. The run must exist. */
@Injectable()
export class RunLogsService {
  constructor(
    private readonly logs: RunLogRepository,
    private readonly wakeups: Wakeups,
  ) {}

  /** Lines of the primary task that came after `after`, in seconds since the epoch as sent in an answer before. */
  followLog(
    runId: bigint,
    after: number,
    reader: StreamReader,
  ): AsyncGenerator<StreamLogsResponse, void, undefined> {
    const read = (cursor: number): Promise<Batch<StreamLogsResponse, number>> =>
      this.readLog(runId, cursor);
    return follow(this.wakeups, { topic: `log:${runId}`, start: after, read }, reader);
  }

  /** Events of the run's tasks, or of its primary one only, after the event with id `after`; 0 for all. */
  followEvents(
    { runId, after, isPrimaryOnly }: FollowedEvents,
    reader: StreamReader,
  ): AsyncGenerator<StreamRunEventsResponse, void, undefined> {
    const read = (cursor: bigint): Promise<Batch<StreamRunEventsResponse, bigint>> =>
      this.readEvents(runId, cursor, isPrimaryOnly);
    return follow(this.wakeups, { topic: `events:${runId}`, start: after, read }, reader);
  }

  private async readLog(runId: bigint, cursor: number): Promise<Batch<StreamLogsResponse, number>> {
    const row = await retryWhileUnavailable(RETRY_SECONDS, () => this.logs.readLog(runId, cursor));
    const isRunOver = row?.is_run_over ?? true;
    if (row === undefined || row.log === null || row.logged_at === null) {
      return { items: [], cursor, isEmpty: true, isRunOver };
    }
    const answer = StreamLogsResponse.fromPartial({
      logOutput: row.log,
      latestTimestamp: row.logged_at,
    });
    // PushLogs without lines leaves an empty row: nothing to tell, but the cursor moves on
    const items = row.log === '' ? [] : [answer];
    return { items, cursor: row.logged_at, isEmpty: false, isRunOver };
  }

  private async readEvents(
    runId: bigint,
    cursor: bigint,
    isPrimaryOnly: boolean,
  ): Promise<Batch<StreamRunEventsResponse, bigint>> {
    const rows = await retryWhileUnavailable(RETRY_SECONDS, () =>
      this.logs.readEvents(runId, cursor, isPrimaryOnly),
    );
    const events = rows.map((row) => toEvent(runId, row)).filter((event) => event !== undefined);
    return {
      items: events.map((taskEvent) => StreamRunEventsResponse.fromPartial({ taskEvent })),
      cursor: events.at(-1)?.id ?? cursor,
      isEmpty: events.length === 0,
      isRunOver: rows[0]?.is_run_over ?? true,
    };
  }
}

function toEvent(runId: bigint, row: EventRow): TaskEvent | undefined {
  if (row.event_id === null) return undefined;
  return {
    id: row.event_id,
    timestamp: isoText(row.occurred_at),
    runId,
    taskId: row.task_id,
    event: row.event,
    data: row.data,
  };
}
