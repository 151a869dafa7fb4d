import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import type { Transaction } from '../database/database';
import { SuperLinkError } from '../errors/superlink-error';
import { waitForJobLock } from '../housekeeping/job-lock';
import { COLLECTOR_JOB } from './object-collector';
import { ObjectStoreRepository } from './object-store.repository';
import { type FlatTree, haveSameMembers } from './object-tree';

export interface Registration {
  readonly runId: bigint;
  readonly pusherNodeId: bigint;
  readonly objects: FlatTree;
  /** Topics to wake once all objects are there. */
  readonly onComplete: readonly string[];
}

export interface OpenedSession {
  readonly sessionId: string;
  /** Ids of the objects that the pusher has to push, children before parents. */
  readonly missing: readonly string[];
}

/** An object that comes whole, with the ids of its children. */
export interface OwnObject {
  readonly objectId: string;
  readonly content: Buffer;
  readonly children: readonly string[];
}

export interface ExpiredSession {
  readonly sessionId: string;
  /** True if all its objects came. */
  readonly isWhole: boolean;
}

/** What the message flow needs of the object store; each call is part of the caller's transaction. */
@Injectable()
export class ObjectStoreService {
  constructor(private readonly objects: ObjectStoreRepository) {}

  /**
   * Registers the objects of a push and opens a session for those that are missing: one statement, whatever the
   * number of objects. Throws INVALID_OBJECT_TREE if a known object came with other children.
   */
  async register(tx: Transaction, registration: Registration): Promise<OpenedSession> {
    const { objects } = registration;
    const sessionId = randomUUID();
    const available = new Set<string>();
    for (const row of await this.objects.register(tx, { ...registration, sessionId })) {
      if (!haveSameMembers(row.children, objects.get(row.object_id) ?? [])) {
        throw new SuperLinkError('INVALID_OBJECT_TREE', 'A known object came with other children.');
      }
      if (row.available) available.add(row.object_id);
    }
    return { sessionId, missing: [...objects.keys()].filter((id) => !available.has(id)) };
  }

  /**
   * For a push with messages that were pushed before, in the `older` sessions: goes on in one of these, as long as one waits
   * for objects, so that it does not matter which of the answers the pusher got. Else it stays the session `opened`.
   */
  async goOn(
    tx: Transaction,
    opened: OpenedSession,
    older: readonly string[],
    objects: FlatTree,
  ): Promise<OpenedSession> {
    if (older.length === 0) return opened;
    const awaited = await this.objects.joinSession(tx, older, opened.sessionId);
    const [first] = awaited;
    if (first === undefined) return opened;
    const missing = new Set(awaited.map((row) => row.object_id));
    return {
      sessionId: first.session_id,
      missing: [...objects.keys()].filter((id) => missing.has(id)),
    };
  }

  /** Stores objects that the server made itself. */
  async storeOwn(tx: Transaction, runId: bigint, objects: readonly OwnObject[]): Promise<void> {
    await this.objects.storeOwn(tx, runId, objects);
  }

  /** Has the collector look at roots that are of no more use. */
  async abandon(tx: Transaction, rootIds: readonly string[]): Promise<void> {
    if (rootIds.length > 0) await this.objects.queueGarbage(tx, rootIds);
  }

  /** Prolongs all push sessions after a standstill; returns how many. */
  async renewSessions(tx: Transaction): Promise<number> {
    return this.objects.renewSessions(tx);
  }

  /** Locks up to `most` push sessions that nobody has pushed into for 180 s, whole or not. */
  async findExpiredSessions(tx: Transaction, most: number): Promise<ExpiredSession[]> {
    const rows = await this.objects.findExpiredSessions(tx, most);
    return rows.map((row) => ({ sessionId: row.session_id, isWhole: row.pending === 0 }));
  }

  /** Drops up to `most` rows of these sessions, which are locked; returns how many. Fewer: the sessions are gone. */
  async dropSessions(
    tx: Transaction,
    sessionIds: readonly string[],
    most: number,
  ): Promise<number> {
    return this.objects.dropSessions(tx, sessionIds, most);
  }

  /** Gives up to `most` links and sessions of ended runs up, whose rows are locked; returns how many. Fewer: all. */
  async releaseRuns(tx: Transaction, runIds: readonly bigint[], most: number): Promise<number> {
    const sessions = await this.objects.findSessionsOf(tx, runIds, most);
    const ids = sessions.map((row) => row.session_id);
    const dropped = await this.objects.dropSessions(tx, ids, most);
    if (dropped >= most) return dropped;
    // each would else hold what the other one needs: an object's link, and its place among the garbage
    await waitForJobLock(tx, COLLECTOR_JOB);
    return dropped + (await this.objects.releaseLinks(tx, runIds, most));
  }
}
