import { setTimeout as delay } from 'node:timers/promises';

import { Inject, Injectable } from '@nestjs/common';

import { CONFIG, type Config } from '../../config/config';
import { DatabaseClock } from '../../database/database-clock';
import { SuperLinkError } from '../../errors/superlink-error';
import { Message } from '../../generated/flwr/proto/message';
import { Wakeups } from '../../waiting/wakeups';
import { randomId, SUPERLINK_NODE_ID } from '../../wire/ids';
import { makeRecordMessage } from '../../wire/record-message';
import { TaskRecordsService } from '../task-records.service';
import type { Exchange } from './exchange';
import { ExchangeError } from './exchange-error';
import { ModelExchangesRepository } from './model-exchanges.repository';
import { JSON_PLACE, responseIn } from './model-response';

const TTL_SECONDS = 43_200;
/** A notification may be lost, and the end of a task sends none: exchanges look this often by themselves. */
const LOOK_EVERY_MILLISECONDS = 1_000;
const MOST_EVENTS_AT_ONCE = 500;
const AWAITED = new Set(['pending', 'starting']);
/** A model's last event; the answer that belongs to it is taken first, for its reader goes away then. */
const LAST_EVENTS = new Set([
  'error',
  'response.completed',
  'response.failed',
  'response.incomplete',
]);
const GONE = 'Nobody waits for the answer any more.';

export interface Agent {
  readonly taskId: bigint;
  readonly runId: bigint;
}

/** A request to a model as its task gets it. */
export interface ModelRequest {
  readonly model: string;
  /** JSON text of an object. */
  readonly json: string;
}

export interface ModelEvent {
  readonly event: string;
  readonly data: string;
}

/** When an exchange is given up, by this process' own monotonic clock, in milliseconds. */
interface Deadlines {
  readonly launch: number;
  readonly response: number;
}

/**
 * What agents ask models: each request is a task of its own, which a SuperExec gives to a model process. Outages of the
 * database are waited out. When the replica dies the agent asks again, and the first model answers nobody.
 */
@Injectable()
export class ModelExchangesService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: DatabaseClock,
    private readonly exchanges: ModelExchangesRepository,
    private readonly records: TaskRecordsService,
    private readonly wakeups: Wakeups,
  ) {}

  /** Creates the model's task and gives it the request; throws ExchangeError if the agent has ended meanwhile. */
  async begin(tokenHash: Buffer, agent: Agent, request: ModelRequest): Promise<Exchange> {
    const modelTaskId = randomId();
    const createdAt = this.clock.seconds();
    const facts = {
      runId: agent.runId,
      srcNodeId: SUPERLINK_NODE_ID,
      dstNodeId: SUPERLINK_NODE_ID,
      srcTaskId: agent.taskId,
      dstTaskId: modelTaskId,
      ttl: TTL_SECONDS,
      messageType: 'query',
      createdAt,
    };
    const { message } = makeRecordMessage(facts, { ...JSON_PLACE, text: request.json });
    const exchange = { runId: agent.runId, agentTaskId: agent.taskId, modelTaskId };
    const isBegun = await this.exchanges.begin(tokenHash, {
      ...exchange,
      modelRef: request.model,
      messageId: message.metadata.messageId,
      expiresAt: createdAt + TTL_SECONDS,
      message: Buffer.from(Message.encode(message).finish()),
    });
    if (isBegun) return exchange;
    throw new ExchangeError('model_task_creation_failed', 'The agent has ended.');
  }

  /** The agent that holds the token; throws UNAUTHENTICATED if none does. */
  async requireAgent(tokenHash: Buffer): Promise<Agent> {
    const { task_id: taskId, run_id: runId, type } = await this.records.caller(tokenHash);
    if (type !== 'flwr-agentapp') throw new SuperLinkError('UNAUTHENTICATED');
    return { taskId, runId };
  }

  /** The model's answer as JSON text; undefined if the asker has gone. Throws ExchangeError. */
  async answer(exchange: Exchange, gone: AbortSignal): Promise<string | undefined> {
    try {
      const reply = await this.untilReply(exchange, this.deadlines(), gone);
      return reply === undefined ? undefined : responseIn(reply);
    } finally {
      await this.end(exchange);
    }
  }

  /** The model's events in their order, up to its last one. Throws ExchangeError. */
  async *events(exchange: Exchange, gone: AbortSignal): AsyncGenerator<ModelEvent, void> {
    try {
      for await (const event of this.eventsUntilAnswered(exchange, gone)) {
        yield event;
        if (LAST_EVENTS.has(event.event)) return;
      }
    } finally {
      await this.end(exchange);
    }
  }

  private async *eventsUntilAnswered(
    exchange: Exchange,
    gone: AbortSignal,
  ): AsyncGenerator<ModelEvent, void> {
    const deadlines = this.deadlines();
    let cursor = 0n;
    while (!gone.aborted) {
      const news = this.news(exchange, gone);
      // models tell all events before they answer: what is read after an answer is all there is
      const reply = await this.look(exchange, deadlines);
      const found = this.exchanges.eventsAfter(exchange, cursor, MOST_EVENTS_AT_ONCE);
      const events = await unlessAway(found);
      for (const { event_id: id, event, data } of events ?? []) {
        cursor = id;
        if (LAST_EVENTS.has(event)) await this.untilReply(exchange, deadlines, gone);
        yield { event, data };
      }
      if (events?.length === MOST_EVENTS_AT_ONCE) continue;
      if (reply !== undefined && events !== undefined) {
        responseIn(reply); // says why, if the model does
        throw new ExchangeError('model_stream_failed', 'The model’s events stop before their end.');
      }
      await news();
    }
  }

  private async untilReply(
    exchange: Exchange,
    deadlines: Deadlines,
    gone: AbortSignal,
  ): Promise<Buffer | undefined> {
    while (!gone.aborted) {
      const news = this.news(exchange, gone); // before the look, which it may overtake
      const reply = await this.look(exchange, deadlines);
      if (reply !== undefined) return reply;
      await news();
    }
    return undefined;
  }

  /** The answer, if it is there; throws ExchangeError when none will come any more. */
  private async look(exchange: Exchange, deadlines: Deadlines): Promise<Buffer | undefined> {
    const row = await unlessAway(this.exchanges.look(exchange));
    if (row?.reply) return row.reply;
    if (row?.status === 'finished') {
      const { details: why } = row;
      throw new ExchangeError('model_task_failed', why === '' ? 'The model gave no answer.' : why);
    }
    const now = performance.now();
    if (row !== undefined && AWAITED.has(row.status) && now >= deadlines.launch) {
      throw new ExchangeError(
        'model_task_launch_timeout',
        'No SuperExec started the model in time.',
      );
    }
    if (now >= deadlines.response) {
      throw new ExchangeError('model_response_timeout', 'The model did not answer in time.');
    }
    return undefined;
  }

  /** Begins to wait; the result resolves when there may be something to see. */
  private news({ runId }: Exchange, gone: AbortSignal): () => Promise<void> {
    const woken = this.wakeups.wait(`events:${String(runId)}`, LOOK_EVERY_MILLISECONDS, gone);
    return async () => {
      // a draining replica holds nothing, and these callers are served as long as it lives
      if (this.wakeups.isClosed) await delay(LOOK_EVERY_MILLISECONDS);
      else await woken;
    };
  }

  /** Housekeeping takes what an outage of the database leaves here. */
  private async end(exchange: Exchange): Promise<void> {
    await this.exchanges.end(exchange, GONE).catch(() => undefined);
  }

  private deadlines(): Deadlines {
    const { launchSeconds, responseSeconds } = this.config.models;
    const now = performance.now();
    return { launch: now + launchSeconds * 1000, response: now + responseSeconds * 1000 };
  }
}

/** What was found; undefined while the database is away, when nobody knows how far a model is. */
async function unlessAway<Found>(found: Promise<Found>): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof SuperLinkError && error.errorName === 'UNAVAILABLE') return undefined;
    throw error;
  }
}
