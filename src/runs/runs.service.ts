import { Injectable } from '@nestjs/common';

import type { Run } from '../generated/flwr/proto/run';
import { toRun } from './run-row';
import { type Page, RunsRepository } from './runs.repository';

@Injectable()
export class RunsService {
  constructor(private readonly runs: RunsRepository) {}

  /** The run as it is now, or undefined if there is none of that id. */
  async find(runId: bigint): Promise<Run | undefined> {
    const row = await this.runs.find(runId);
    return row && toRun(row);
  }

  /** Runs of a series in the order in which they joined it. */
  async listOfSeries(seriesId: bigint): Promise<Run[]> {
    return (await this.runs.listOfSeries(seriesId)).map((row) => toRun(row));
  }

  /** Runs that an account started, the newest first. */
  async listOfAccount(flwrAid: string, page: Page): Promise<Run[]> {
    return (await this.runs.listOfAccount(flwrAid, page)).map((row) => toRun(row));
  }
}
