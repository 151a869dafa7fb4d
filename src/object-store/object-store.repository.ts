import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database';
import { rowsOf, type RowsRow } from '../housekeeping/rows';
import type { Signer } from '../rpc/rpc-call';
import { toInt8 } from '../wire/ids';
import {
  FIND_OBJECT_FOR_NODE,
  FIND_OBJECT_FOR_TASK,
  type FindObjectRow,
  STORE_OBJECT_BY_NODE,
  STORE_OBJECT_BY_NODE_WITHOUT_SESSION,
  STORE_OBJECT_BY_TASK,
  STORE_OBJECT_BY_TASK_WITHOUT_SESSION,
  type StoreObjectRow,
} from './object-access.sql';
import {
  type AwaitedRow,
  DELETE_UNNEEDED_OBJECTS,
  DROP_PENDING,
  DROP_SESSIONS,
  FIND_EXPIRED_SESSIONS,
  FIND_SESSIONS_OF_RUNS,
  JOIN_SESSION,
  LOCK_OBJECTS,
  QUEUE_GARBAGE,
  REGISTER_OBJECTS,
  type RegisteredRow,
  RELEASE_LINKS,
  RENEW_SESSIONS,
  type SessionRow,
  STORE_OWN_OBJECTS,
  TAKE_GARBAGE,
  type TakenGarbageRow,
} from './object-life.sql';
import type { FlatTree } from './object-tree';

/** A node that reaches for an object of a run. */
export interface NodeInRun {
  readonly nodeId: bigint;
  readonly signer: Signer;
  readonly runId: bigint;
}

export interface PushedObject {
  readonly objectId: string;
  readonly content: Buffer;
  /** Undefined where the client named none (to 1.32). */
  readonly sessionId: string | undefined;
}

export interface NewSession {
  readonly sessionId: string;
  readonly runId: bigint;
  readonly pusherNodeId: bigint;
  readonly objects: FlatTree;
  /** Topics to wake when the last missing object is there. */
  readonly onComplete: readonly string[];
}

@Injectable()
export class ObjectStoreRepository {
  constructor(private readonly database: Database) {}

  async storeByNode(node: NodeInRun, object: PushedObject): Promise<StoreObjectRow | undefined> {
    const values = [...nodeValues(node), object.objectId, object.content];
    const [row] = await (object.sessionId === undefined
      ? this.database.query<StoreObjectRow>(STORE_OBJECT_BY_NODE_WITHOUT_SESSION, values)
      : this.database.query<StoreObjectRow>(STORE_OBJECT_BY_NODE, [...values, object.sessionId]));
    return row;
  }

  async storeByTask(tokenHash: Buffer, object: PushedObject): Promise<StoreObjectRow | undefined> {
    const values = [tokenHash, object.objectId, object.content];
    const [row] = await (object.sessionId === undefined
      ? this.database.query<StoreObjectRow>(STORE_OBJECT_BY_TASK_WITHOUT_SESSION, values)
      : this.database.query<StoreObjectRow>(STORE_OBJECT_BY_TASK, [...values, object.sessionId]));
    return row;
  }

  async findForNode(node: NodeInRun, objectId: string): Promise<FindObjectRow | undefined> {
    const values = [...nodeValues(node), objectId];
    const [row] = await this.database.query<FindObjectRow>(FIND_OBJECT_FOR_NODE, values);
    return row;
  }

  async findForTask(tokenHash: Buffer, objectId: string): Promise<FindObjectRow | undefined> {
    const values = [tokenHash, objectId];
    const [row] = await this.database.query<FindObjectRow>(FIND_OBJECT_FOR_TASK, values);
    return row;
  }

  async register(tx: Queryable, session: NewSession): Promise<RegisteredRow[]> {
    const children = [...session.objects.values()].map((ids) => ids.join(','));
    return tx.query<RegisteredRow>(REGISTER_OBJECTS, [
      [...session.objects.keys()],
      children,
      session.sessionId,
      toInt8(session.runId),
      toInt8(session.pusherNodeId),
      session.onComplete,
    ]);
  }

  /** What one of the older sessions waits for, which has taken the new one up; empty if none of them waits. */
  async joinSession(
    tx: Queryable,
    older: readonly string[],
    opened: string,
  ): Promise<AwaitedRow[]> {
    return tx.query<AwaitedRow>(JOIN_SESSION, [older, opened]);
  }

  async storeOwn(
    tx: Queryable,
    runId: bigint,
    objects: readonly {
      readonly objectId: string;
      readonly content: Buffer;
      readonly children: readonly string[];
    }[],
  ): Promise<void> {
    await tx.query(STORE_OWN_OBJECTS, [
      objects.map(({ objectId }) => objectId),
      objects.map(({ content }) => content.toString('hex')),
      toInt8(runId),
      objects.map(({ children }) => children.join(',')),
    ]);
  }

  async queueGarbage(tx: Queryable, objectIds: readonly string[]): Promise<void> {
    await tx.query(QUEUE_GARBAGE, [objectIds]);
  }

  /** Looks at up to `most` objects that were queued since then, and deletes what nobody needs. */
  async collectGarbage(
    tx: Queryable,
    since: string,
    most: number,
    mostBytes: number,
  ): Promise<TakenGarbageRow> {
    const values = [most, mostBytes, since];
    const [taken] = (await tx.query(TAKE_GARBAGE, values)) as [TakenGarbageRow];
    const { object_ids: objectIds } = taken;
    if (objectIds.length > 0) {
      await tx.query(LOCK_OBJECTS, [objectIds]);
      await tx.query(DELETE_UNNEEDED_OBJECTS, [objectIds]);
    }
    return taken;
  }

  async renewSessions(tx: Queryable): Promise<number> {
    return (await tx.query(RENEW_SESSIONS)).length;
  }

  async findExpiredSessions(tx: Queryable, most: number): Promise<SessionRow[]> {
    return tx.query<SessionRow>(FIND_EXPIRED_SESSIONS, [most]);
  }

  async findSessionsOf(
    tx: Queryable,
    runIds: readonly bigint[],
    most: number,
  ): Promise<SessionRow[]> {
    return tx.query<SessionRow>(FIND_SESSIONS_OF_RUNS, [runIds.map(toInt8), most]);
  }

  /** Drops up to `most` rows of what the sessions wait for, and with the last one the sessions; returns how many. */
  async dropSessions(tx: Queryable, sessionIds: readonly string[], most: number): Promise<number> {
    if (sessionIds.length === 0) return 0;
    const pending = rowsOf(await tx.query<RowsRow>(DROP_PENDING, [sessionIds, most]));
    if (pending >= most) return pending;
    return pending + rowsOf(await tx.query<RowsRow>(DROP_SESSIONS, [sessionIds]));
  }

  /** Returns how many of at most `most` links went; fewer: none is left. */
  async releaseLinks(tx: Queryable, runIds: readonly bigint[], most: number): Promise<number> {
    return rowsOf(await tx.query<RowsRow>(RELEASE_LINKS, [runIds.map(toInt8), most]));
  }
}

function nodeValues(node: NodeInRun): unknown[] {
  return [toInt8(node.nodeId), node.signer, toInt8(node.runId)];
}
