import { Injectable } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import type { GetRunSeriesEventsRequest } from '../generated/flwr/proto/app_message';
import type { TaskEvent } from '../generated/flwr/proto/task';
import { HIGHEST_SERIAL } from '../wire/ids';
import { isoText } from '../wire/times';
import { SeriesEventsRepository } from './series-events.repository';
import type { SeriesEventRow } from './series-events.sql';

/** What the primary tasks of a series' runs told, to those tasks themselves and to the command line. */
@Injectable()
export class SeriesEventsService {
  constructor(private readonly events: SeriesEventsRepository) {}

  /** Events of the series that the task of the token is part of, oldest first; throws UNAUTHENTICATED. */
  async listForTask(tokenHash: Buffer, request: GetRunSeriesEventsRequest): Promise<TaskEvent[]> {
    const rows = await this.events.listForTask(tokenHash, {
      types: request.eventTypes,
      after: request.afterEventId ?? 0n,
      before: request.beforeEventId ?? HIGHEST_SERIAL,
      last: request.lastN === 0 ? undefined : request.lastN,
    });
    if (rows[0]?.known !== true) {
      throw new SuperLinkError('UNAUTHENTICATED', 'The task token is not valid.');
    }
    return rows.flatMap(toEvents);
  }

  /** All events of a series, oldest first. */
  async listOfSeries(seriesId: bigint): Promise<TaskEvent[]> {
    return (await this.events.listOfSeries(seriesId)).flatMap(toEvents);
  }
}

/** The row's event, if it has one. */
function toEvents(row: SeriesEventRow): TaskEvent[] {
  if (row.event_id === null) return [];
  return [
    {
      id: row.event_id,
      timestamp: isoText(row.occurred_at),
      runId: row.run_id,
      taskId: row.task_id,
      event: row.event,
      data: row.data,
    },
  ];
}
