import { Controller } from '@nestjs/common';

import type {
  GetCompactedContextsRequest,
  GetCompactedContextsResponse,
  GetRunSeriesEventsRequest,
  GetRunSeriesEventsResponse,
  PutCompactedContextRequest,
  PutCompactedContextResponse,
} from '../generated/flwr/proto/app_message';
import { RuntimeService } from '../generated/flwr/proto/runtime';
import { SeriesEventsService } from '../logs/series-events.service';
import { Rpc } from '../rpc/rpc.decorator';
import { RpcRequest, TokenHash } from '../rpc/rpc-parameters.decorator';
import { CompactedContextsService } from '../runs/compacted-contexts.service';

/** What an agent knows of the runs before its own in their series. */
@Controller()
export class SeriesController {
  constructor(
    private readonly events: SeriesEventsService,
    private readonly contexts: CompactedContextsService,
  ) {}

  @Rpc(RuntimeService.getRunSeriesEvents, 'task')
  async getRunSeriesEvents(
    @RpcRequest() request: GetRunSeriesEventsRequest,
    @TokenHash() tokenHash: Buffer,
  ): Promise<GetRunSeriesEventsResponse> {
    return { events: await this.events.listForTask(tokenHash, request) };
  }

  @Rpc(RuntimeService.getCompactedContexts, 'task')
  async getCompactedContexts(
    @RpcRequest() request: GetCompactedContextsRequest,
    @TokenHash() tokenHash: Buffer,
  ): Promise<GetCompactedContextsResponse> {
    return { contexts: await this.contexts.list(tokenHash, request) };
  }

  @Rpc(RuntimeService.putCompactedContext, 'task')
  async putCompactedContext(
    @RpcRequest() request: PutCompactedContextRequest,
    @TokenHash() tokenHash: Buffer,
  ): Promise<PutCompactedContextResponse> {
    await this.contexts.keep(tokenHash, request);
    return {};
  }
}
