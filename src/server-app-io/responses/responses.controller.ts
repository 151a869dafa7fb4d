import { Controller, HttpCode, HttpStatus, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { Request, Response } from 'express';

import { hashOfToken } from '../../auth/task-token';
import { Admission } from '../../rpc/admission/admission';
import { goneSignalOf } from '../../rpc/http/http-call';
import { RESPONSES_ROUTE } from '../../rpc/http/http-routes';
import { expectBody, readBody } from '../../rpc/http/rpc-body';
import { written } from '../../rpc/stream-sink';
import type { Exchange } from '../../tasks/model-exchanges/exchange';
import { ModelExchangesService } from '../../tasks/model-exchanges/model-exchanges.service';
import { modelRequestOf } from './model-request';
import { ResponsesError } from './responses-error';
import { ResponsesErrorFilter } from './responses-error.filter';
import { errorFrame, frameOf, SILENT_FRAME } from './server-sent-events';

const MEBIBYTE = 1024 * 1024;
const MOST_BYTES = 64 * MEBIBYTE;
const BEARER = /^bearer +(\S+)$/i;
const IDLE_MILLISECONDS = 15_000;

/**
 * The one route that is no RPC: JSON in, JSON or server-sent events out, as OpenAI's Responses API. AgentApps of 1.35 and
 * later ask models by it; the request is carried to a model process of a SuperExec. Sent twice it asks twice.
 */
@Controller()
@UseFilters(ResponsesErrorFilter)
export class ResponsesController {
  constructor(
    private readonly admission: Admission,
    private readonly exchanges: ModelExchangesService,
    private readonly errors: ResponsesErrorFilter,
  ) {}

  @Post(RESPONSES_ROUTE)
  @HttpCode(HttpStatus.OK)
  async create(@Req() request: Request, @Res() response: Response): Promise<void> {
    const gone = goneSignalOf(response);
    const { exchange, isStream } = await this.begin(request);
    if (isStream) await this.stream(exchange, response, gone);
    else {
      const answer = await this.exchanges.answer(exchange, gone);
      response.type('application/json').send(answer);
    }
  }

  /** The question is in memory until the model's task has it, and not while the model thinks. */
  private async begin(request: Request): Promise<{ exchange: Exchange; isStream: boolean }> {
    const tokenHash = tokenHashOf(request);
    const agent = await this.exchanges.requireAgent(tokenHash); // before a stranger's body is read
    const incoming = expectBody(this.admission, RESPONSES_ROUTE, request);
    try {
      const asked = modelRequestOf(await readBody(request, MOST_BYTES, incoming));
      const exchange = await this.exchanges.begin(tokenHash, agent, asked);
      return { exchange, isStream: asked.isStream };
    } finally {
      incoming.free();
    }
  }

  private async stream(exchange: Exchange, response: Response, gone: AbortSignal): Promise<void> {
    response.set({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no', // nginx would collect frames
    });
    response.flushHeaders();
    const idle = setInterval(() => response.write(SILENT_FRAME), IDLE_MILLISECONDS);
    let told = 0;
    try {
      for await (const event of this.exchanges.events(exchange, gone)) {
        const frame = frameOf(event);
        await written((done) => response.write(frame, done), gone);
        idle.refresh();
        told += 1;
      }
    } catch (error) {
      response.write(errorFrame(this.errors.known(error), told));
    } finally {
      clearInterval(idle);
      response.end();
    }
  }
}

function tokenHashOf(request: Request): Buffer {
  const given = request.headersDistinct['authorization'] ?? [];
  const token = given.length === 1 ? BEARER.exec(given[0] ?? '')?.[1] : undefined;
  if (token !== undefined) return hashOfToken(token);
  throw new ResponsesError('invalid_api_key', 'One bearer token is needed: that of the task.');
}
