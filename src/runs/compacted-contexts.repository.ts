import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import type { CompactedContext } from '../generated/flwr/proto/runseries';
import { toInt8, toSerial } from '../wire/ids';
import {
  type CompactedContextRow,
  KEEP_COMPACTED_CONTEXT,
  type KeptContextRow,
  LIST_COMPACTED_CONTEXTS,
} from './compacted-contexts.sql';

@Injectable()
export class CompactedContextsRepository {
  constructor(private readonly database: Database) {}

  async list(tokenHash: Buffer, most: number, before: bigint): Promise<CompactedContextRow[]> {
    const values = [tokenHash, most, toSerial(before)];
    return this.database.query<CompactedContextRow>(LIST_COMPACTED_CONTEXTS, values);
  }

  async keep(tokenHash: Buffer, context: CompactedContext): Promise<KeptContextRow | undefined> {
    const [row] = await this.database.query<KeptContextRow>(KEEP_COMPACTED_CONTEXT, [
      tokenHash,
      toInt8(context.seriesId),
      toInt8(context.throughEventId),
      context.text,
      toInt8(context.tokenCount),
    ]);
    return row;
  }
}
