import { Injectable } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import { FederationsService } from '../federations/federations.service';
import {
  GetRunSeriesResponse,
  type ListRunSeriesRequest,
  type UpdateRunSeriesDescriptionRequest,
} from '../generated/flwr/proto/control_series';
import type { RunSeries } from '../generated/flwr/proto/runseries';
import type { TaskEvent } from '../generated/flwr/proto/task';
import { SeriesEventsService } from '../logs/series-events.service';
import type { Account } from '../rpc/rpc-call';
import { RunSeriesService } from '../runs/run-series.service';
import { RunsService } from '../runs/runs.service';
import { utcText } from '../wire/times';

const DESCRIPTION_LIMIT_CHARACTERS = 80;

/** Run series of the federations that an account is a member of. */
@Injectable()
export class RunSeriesView {
  constructor(
    private readonly series: RunSeriesService,
    private readonly runs: RunsService,
    private readonly events: SeriesEventsService,
    private readonly federations: FederationsService,
  ) {}

  async list(request: ListRunSeriesRequest, account: Account): Promise<RunSeries[]> {
    return this.series.list({
      federationIds: this.federationsOf(request.federationId, account),
      updatedBefore: updatedBeforeOf(request),
      isAgent: request.isAgent,
      limit: request.limit,
    });
  }

  /** Throws RUN_SERIES_NOT_FOUND, also for a series of a federation that the account is not in. */
  async get(seriesId: bigint, account: Account): Promise<GetRunSeriesResponse> {
    const series = await this.require(seriesId, account);
    const context = await this.series.findContext(seriesId);
    const runs = await this.runs.listOfSeries(seriesId);
    return GetRunSeriesResponse.fromPartial({ series, context, runs });
  }

  /** What the primary tasks of its runs told. */
  async listEvents(seriesId: bigint, account: Account): Promise<TaskEvent[]> {
    await this.require(seriesId, account);
    return this.events.listOfSeries(seriesId);
  }

  async describe(request: UpdateRunSeriesDescriptionRequest, account: Account): Promise<RunSeries> {
    await this.require(request.seriesId, account);
    const description = request.description.trim();
    const length = Array.from(description).length;
    if (length === 0 || length > DESCRIPTION_LIMIT_CHARACTERS) {
      throw new SuperLinkError('INVALID_RUN_SERIES_DESCRIPTION');
    }
    await this.series.describe(request.seriesId, description);
    return this.require(request.seriesId, account);
  }

  private async require(seriesId: bigint, account: Account): Promise<RunSeries> {
    const series = await this.series.find(seriesId);
    if (series === undefined || !this.federations.hasMember(account, series.federation)) {
      throw new SuperLinkError('RUN_SERIES_NOT_FOUND');
    }
    return series;
  }

  private federationsOf(federationId: string | undefined, account: Account): string[] {
    if (federationId === undefined) return this.federations.listOf(account);
    this.federations.requireMembership(account, federationId);
    return [federationId];
  }
}

function updatedBeforeOf({ updatedBefore }: ListRunSeriesRequest): string | undefined {
  if (updatedBefore === undefined) return undefined;
  const utc = utcText(updatedBefore);
  if (utc === undefined) {
    throw new SuperLinkError(
      'INVALID_PROTOBUF_PAYLOAD',
      'updated_before must be an ISO 8601 time with a zone.',
    );
  }
  return utc;
}
