import { Injectable } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import type {
  GetCompactedContextsRequest,
  PutCompactedContextRequest,
} from '../generated/flwr/proto/app_message';
import { CompactedContext } from '../generated/flwr/proto/runseries';
import { HIGHEST_SERIAL } from '../wire/ids';
import { isoText } from '../wire/times';
import { CompactedContextsRepository } from './compacted-contexts.repository';
import type { CompactedContextRow } from './compacted-contexts.sql';

/** Summaries that agents make of their series, so that the next run need not read all of it. */
@Injectable()
export class CompactedContextsService {
  constructor(private readonly contexts: CompactedContextsRepository) {}

  /** Those of the series that the task of the token is part of, newest first; one if no limit is given. */
  async list(tokenHash: Buffer, request: GetCompactedContextsRequest): Promise<CompactedContext[]> {
    const most = request.limit ?? 1;
    const before = request.beforeContextId ?? HIGHEST_SERIAL;
    const rows = await this.contexts.list(tokenHash, most, before);
    if (rows[0]?.known !== true) refuseToken();
    if (most === 0) throw new SuperLinkError('INVALID_COMPACTED_CONTEXT', 'The limit is 0.');
    return rows.flatMap(toContexts);
  }

  /** Keeps one; the same one again changes nothing. Throws COMPACTED_CONTEXT_EXISTS if another one is in its place. */
  async keep(tokenHash: Buffer, { context }: PutCompactedContextRequest): Promise<void> {
    const offered = context ?? CompactedContext.fromPartial({});
    const row = await this.contexts.keep(tokenHash, offered);
    if (row?.known !== true) refuseToken();
    if (row.kept) return;
    if (offered.text === '') throw new SuperLinkError('INVALID_COMPACTED_CONTEXT', 'No text.');
    if (offered.seriesId !== 0n && offered.seriesId !== row.series_id) {
      throw new SuperLinkError('INVALID_COMPACTED_CONTEXT', 'It is of another series.');
    }
    throw new SuperLinkError('COMPACTED_CONTEXT_EXISTS');
  }
}

/** The row's context, if it has one. */
function toContexts(row: CompactedContextRow): CompactedContext[] {
  if (row.context_id === null) return [];
  return [
    CompactedContext.fromPartial({
      id: row.context_id,
      seriesId: row.series_id,
      throughEventId: row.through_event_id,
      text: row.text,
      createdAt: isoText(row.created_at),
      tokenCount: row.token_count,
    }),
  ];
}

function refuseToken(): never {
  throw new SuperLinkError('UNAUTHENTICATED', 'The task token is not valid.');
}
