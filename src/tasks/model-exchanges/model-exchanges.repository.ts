import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import { toInt8, toSerial } from '../../wire/ids';
import type { Exchange } from './exchange';
import {
  BEGIN_EXCHANGE,
  END_EXCHANGE,
  type ExchangeRow,
  LIST_MODEL_EVENTS,
  LOOK_AT_EXCHANGE,
  type ModelEventRow,
} from './model-exchanges.sql';

export interface NewExchange extends Exchange {
  readonly modelRef: string;
  readonly messageId: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  readonly message: Buffer;
}

@Injectable()
export class ModelExchangesRepository {
  constructor(private readonly database: Database) {}

  /** False if the agent has ended meanwhile. */
  async begin(tokenHash: Buffer, exchange: NewExchange): Promise<boolean> {
    const rows = await this.database.query(BEGIN_EXCHANGE, [
      tokenHash,
      toInt8(exchange.modelTaskId),
      exchange.modelRef,
      exchange.messageId,
      exchange.expiresAt,
      exchange.message,
    ]);
    return rows.length === 1;
  }

  async look({ agentTaskId, modelTaskId }: Exchange): Promise<ExchangeRow | undefined> {
    const values = [toInt8(agentTaskId), toInt8(modelTaskId)];
    const [row] = await this.database.query<ExchangeRow>(LOOK_AT_EXCHANGE, values);
    return row;
  }

  async eventsAfter(
    { runId, modelTaskId }: Exchange,
    eventId: bigint,
    most: number,
  ): Promise<ModelEventRow[]> {
    const values = [toInt8(runId), toInt8(modelTaskId), toSerial(eventId), most];
    return this.database.query<ModelEventRow>(LIST_MODEL_EVENTS, values);
  }

  async end({ agentTaskId, modelTaskId }: Exchange, why: string): Promise<void> {
    const values = [toInt8(agentTaskId), toInt8(modelTaskId), why];
    await this.database.query(END_EXCHANGE, values);
  }
}
