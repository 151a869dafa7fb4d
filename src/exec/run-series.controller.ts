import { Controller } from '@nestjs/common';

import { ControlService } from '../generated/flwr/proto/control';
import type {
  GetRunSeriesRequest,
  GetRunSeriesResponse,
  ListRunSeriesEventsRequest,
  ListRunSeriesEventsResponse,
  ListRunSeriesRequest,
  ListRunSeriesResponse,
  UpdateRunSeriesDescriptionRequest,
  UpdateRunSeriesDescriptionResponse,
} from '../generated/flwr/proto/control_series';
import { Rpc } from '../rpc/rpc.decorator';
import type { Account } from '../rpc/rpc-call';
import { CallerAccount, RpcRequest } from '../rpc/rpc-parameters.decorator';
import { RunSeriesView } from './run-series-view.service';

/** Series of runs that share a context. */
@Controller()
export class RunSeriesController {
  constructor(private readonly view: RunSeriesView) {}

  @Rpc(ControlService.listRunSeries, 'account')
  async listRunSeries(
    @RpcRequest() request: ListRunSeriesRequest,
    @CallerAccount() account: Account,
  ): Promise<ListRunSeriesResponse> {
    return { entries: await this.view.list(request, account) };
  }

  @Rpc(ControlService.getRunSeries, 'account')
  async getRunSeries(
    @RpcRequest() { seriesId }: GetRunSeriesRequest,
    @CallerAccount() account: Account,
  ): Promise<GetRunSeriesResponse> {
    return this.view.get(seriesId, account);
  }

  @Rpc(ControlService.listRunSeriesEvents, 'account')
  async listRunSeriesEvents(
    @RpcRequest() { seriesId }: ListRunSeriesEventsRequest,
    @CallerAccount() account: Account,
  ): Promise<ListRunSeriesEventsResponse> {
    return { events: await this.view.listEvents(seriesId, account) };
  }

  @Rpc(ControlService.updateRunSeriesDescription, 'account')
  async updateRunSeriesDescription(
    @RpcRequest() request: UpdateRunSeriesDescriptionRequest,
    @CallerAccount() account: Account,
  ): Promise<UpdateRunSeriesDescriptionResponse> {
    return { series: await this.view.describe(request, account) };
  }
}
