import { Injectable } from '@nestjs/common';

import type { ErrorName } from '../errors/error-catalogue';
import { SuperLinkError } from '../errors/superlink-error';
import { PullObjectResponse } from '../generated/flwr/proto/object';
import type { Receiver } from '../rpc/rpc-call';
import type { FindObjectRow, StoreObjectRow } from './object-access.sql';
import { isContentOf } from './object-content';
import { ObjectMetrics } from './object-metrics';
import { ObjectReader } from './object-reader';
import {
  type NodeInRun,
  ObjectStoreRepository,
  type PushedObject,
} from './object-store.repository';

/** Push and pull of single objects, for SuperNodes and for task processes. */
@Injectable()
export class ObjectAccessService {
  constructor(
    private readonly objects: ObjectStoreRepository,
    private readonly reader: ObjectReader,
    private readonly metrics: ObjectMetrics,
  ) {}

  /** True if the object is stored now, also by an earlier call; false if nobody asked for it or it is malformed. */
  async storeByNode(node: NodeInRun, object: PushedObject): Promise<boolean> {
    const checked = await this.checked(object);
    const row = await this.objects.storeByNode(node, checked);
    return this.isStored(checked, row, 'RUN_STATUS_NOT_ALLOWED');
  }

  /** As `storeByNode`, for the task that holds the token. */
  async storeByTask(tokenHash: Buffer, object: PushedObject): Promise<boolean> {
    const checked = await this.checked(object);
    const row = await this.objects.storeByTask(tokenHash, checked);
    return this.isStored(checked, row, 'ENDPOINT_REFUSED');
  }

  /** Throws UNAVAILABLE if too many contents are on their way to clients, and stay so for 20 s. */
  async pullForNode(
    node: NodeInRun,
    objectId: string,
    receiver: Receiver,
  ): Promise<PullObjectResponse> {
    const row = await this.objects.findForNode(node, objectId);
    checkCaller(row, 'RUN_STATUS_NOT_ALLOWED');
    return this.answer(objectId, row, receiver);
  }

  /** As `pullForNode`, for the task that holds the token. */
  async pullForTask(
    tokenHash: Buffer,
    objectId: string,
    receiver: Receiver,
  ): Promise<PullObjectResponse> {
    const row = await this.objects.findForTask(tokenHash, objectId);
    checkCaller(row, 'ENDPOINT_REFUSED');
    return this.answer(objectId, row, receiver);
  }

  /** Malformed content goes on without an id, so that the caller is checked all the same and nothing is stored. */
  private async checked(object: PushedObject): Promise<PushedObject> {
    const isGood = await isContentOf(object.objectId, object.content);
    return isGood ? object : { objectId: '', content: Buffer.alloc(0), sessionId: undefined };
  }

  private isStored(
    { content }: PushedObject,
    row: StoreObjectRow | undefined,
    refusal: ErrorName,
  ): boolean {
    checkCaller(row, refusal);
    if (row.stored) this.metrics.moved('in', content.length);
    return row.stored;
  }

  private async answer(
    objectId: string,
    row: FindObjectRow,
    receiver: Receiver,
  ): Promise<PullObjectResponse> {
    const content =
      row.available === true ? await this.contentOf(objectId, row, receiver) : undefined;
    if (content !== undefined) this.metrics.moved('out', content.length);
    return PullObjectResponse.fromPartial({
      objectFound: row.available === false || content !== undefined,
      objectAvailable: content !== undefined,
      objectContent: content ?? Buffer.alloc(0),
    });
  }

  private async contentOf(
    objectId: string,
    row: FindObjectRow,
    receiver: Receiver,
  ): Promise<Buffer | undefined> {
    return row.content ?? this.reader.read(objectId, Number(row.size), receiver);
  }
}

interface CheckedRow {
  readonly known: boolean;
  readonly allowed: boolean | null;
}

function checkCaller<Row extends CheckedRow>(
  row: Row | undefined,
  refusal: ErrorName,
): asserts row is Row {
  if (row?.known !== true) throw new SuperLinkError('UNAUTHENTICATED');
  if (row.allowed !== true) throw new SuperLinkError(refusal);
}
