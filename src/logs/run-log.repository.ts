import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { toInt8, toSerial } from '../wire/ids';
import { READ_RUN_EVENTS, READ_RUN_LOG } from './run-log.sql';

/** Most bytes of text that are read at once, unless a single row has more. */
const BATCH_BYTES = 4 * 1024 * 1024;

export interface LogRow {
  readonly is_run_over: boolean;
  /** Null: nothing after the cursor. */
  readonly log: string | null;
  readonly logged_at: number | null;
}

export type EventRow = { readonly is_run_over: boolean } & (NoEvent | Event);

interface NoEvent {
  readonly event_id: null;
}

interface Event {
  readonly event_id: bigint;
  readonly task_id: bigint;
  readonly occurred_at: string;
  readonly event: string;
  readonly data: string;
}

@Injectable()
export class RunLogRepository {
  constructor(private readonly database: Database) {}

  /** What the run's primary task logged after `after` (seconds since the epoch), joined; undefined: no such run. */
  async readLog(runId: bigint, after: number): Promise<LogRow | undefined> {
    const values = [toInt8(runId), after, BATCH_BYTES];
    const [row] = await this.database.query<LogRow>(READ_RUN_LOG, values);
    return row;
  }

  /** Events of the run, or of its primary task only, after the one with id `after`. */
  async readEvents(runId: bigint, after: bigint, isPrimaryOnly: boolean): Promise<EventRow[]> {
    const values = [toInt8(runId), toSerial(after), BATCH_BYTES, isPrimaryOnly];
    return this.database.query<EventRow>(READ_RUN_EVENTS, values);
  }
}
