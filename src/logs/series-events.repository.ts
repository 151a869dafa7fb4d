import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { toInt8, toSerial } from '../wire/ids';
import {
  LIST_SERIES_EVENTS,
  LIST_SERIES_EVENTS_FOR_TASK,
  type SeriesEventOfTaskRow,
  type SeriesEventRow,
} from './series-events.sql';

/** Which events of a series are meant. */
export interface SeriesEventFilter {
  /** None: events of any type. */
  readonly types: readonly string[];
  /** Ids lie between these two, which are not among them. */
  readonly after: bigint;
  readonly before: bigint;
  /** Only so many, the last ones; undefined: all. */
  readonly last: number | undefined;
}

@Injectable()
export class SeriesEventsRepository {
  constructor(private readonly database: Database) {}

  async listForTask(tokenHash: Buffer, filter: SeriesEventFilter): Promise<SeriesEventOfTaskRow[]> {
    return this.database.query<SeriesEventOfTaskRow>(LIST_SERIES_EVENTS_FOR_TASK, [
      tokenHash,
      filter.types,
      toSerial(filter.after),
      toSerial(filter.before),
      filter.last ?? null,
    ]);
  }

  async listOfSeries(seriesId: bigint): Promise<SeriesEventRow[]> {
    return this.database.query<SeriesEventRow>(LIST_SERIES_EVENTS, [toInt8(seriesId)]);
  }
}
