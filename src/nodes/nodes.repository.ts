import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database';
import type { Statement } from '../database/sql';
import type { Account, Signer } from '../rpc/rpc-call';
import { toInt8 } from '../wire/ids';
import type { NodeRow } from './node-row';
import {
  ACTIVATE_NODE,
  DEACTIVATE_NODE,
  FIND_CALLING_NODE,
  FIND_NODE_OF_KEY,
  FORGET_NODES,
  LIST_LIVE_NODES,
  LIST_OWNED_NODES,
  NODE_HEARTBEAT,
  type NodeChangeRow,
  NODES_SEEN,
  REGISTER_NODE,
  RENEW_NODES,
  UNREGISTER_NODE,
  UNREGISTER_OWNED_NODE,
} from './nodes.sql';

interface IdRow {
  readonly node_id: bigint;
}

export interface NewNode {
  readonly nodeId: bigint;
  readonly publicKey: Buffer;
  readonly owner: Account;
  readonly isSelfRegistered: boolean;
  /** False: it is known by its id alone. */
  readonly signs: boolean;
  readonly heartbeatSeconds: number;
  /** Which Flower it runs, if it said so. */
  readonly release?: string | undefined;
  readonly place?: NodePlace;
}

/** What an account says of a node that it registers. */
export interface NodePlace {
  readonly location: string | undefined;
  readonly name: string | undefined;
}

@Injectable()
export class NodesRepository {
  constructor(private readonly database: Database) {}

  /** The node's id: the new one, or that of the same key if it registered itself before; else undefined. */
  async register(node: NewNode): Promise<bigint | undefined> {
    const { nodeId, publicKey, owner, isSelfRegistered, heartbeatSeconds, release, signs } = node;
    return this.oneId(REGISTER_NODE, [
      toInt8(nodeId),
      publicKey,
      owner.flwrAid,
      owner.name,
      isSelfRegistered,
      heartbeatSeconds,
      release ?? null,
      signs,
      node.place?.location ?? null,
      node.place?.name ?? null,
    ]);
  }

  async activate(
    publicKey: Buffer,
    heartbeatSeconds: number,
    release: string | undefined,
    signs: boolean,
  ): Promise<bigint | undefined> {
    return this.oneId(ACTIVATE_NODE, [publicKey, heartbeatSeconds, release ?? null, signs]);
  }

  async findByKey(publicKey: Buffer): Promise<bigint | undefined> {
    return this.oneId(FIND_NODE_OF_KEY, [publicKey]);
  }

  /** True if the node is the one that calls. */
  async isCaller(nodeId: bigint, signer: Signer): Promise<boolean> {
    return (await this.oneId(FIND_CALLING_NODE, [toInt8(nodeId), signer])) !== undefined;
  }

  async heartbeat(
    nodeId: bigint,
    signer: Signer,
    seconds: number,
    release: string | undefined,
  ): Promise<boolean> {
    const values = [toInt8(nodeId), signer, seconds, release ?? null];
    return (await this.oneId(NODE_HEARTBEAT, values)) !== undefined;
  }

  async deactivate(nodeId: bigint, signer: Signer): Promise<NodeChangeRow> {
    return this.change(DEACTIVATE_NODE, nodeId, signer);
  }

  async unregister(nodeId: bigint, signer: Signer): Promise<NodeChangeRow> {
    return this.change(UNREGISTER_NODE, nodeId, signer);
  }

  async unregisterOwned(nodeId: bigint, owner: Account): Promise<boolean> {
    const values = [toInt8(nodeId), owner.flwrAid];
    return (await this.oneId(UNREGISTER_OWNED_NODE, values)) !== undefined;
  }

  /** Takes note of nodes that called: `ages[i]` seconds ago the one with key `keys[i]`. */
  async noteSeen(keys: readonly Buffer[], ages: readonly number[]): Promise<void> {
    await this.database.query(NODES_SEEN, [keys, ages]);
  }

  /** Prolongs the leases of all nodes that are online after a standstill; returns how many. */
  async renewLeases(tx: Queryable): Promise<number> {
    return (await tx.query(RENEW_NODES)).length;
  }

  /** Forgets at most `most` nodes that registered themselves and have been gone for `days`; returns how many. */
  async forget(tx: Queryable, days: number, most: number): Promise<number> {
    return (await tx.query(FORGET_NODES, [days, most])).length;
  }

  async listOwned(owner: Account): Promise<NodeRow[]> {
    return this.database.query<NodeRow>(LIST_OWNED_NODES, [owner.flwrAid]);
  }

  async listLive(): Promise<NodeRow[]> {
    return this.database.query<NodeRow>(LIST_LIVE_NODES);
  }

  private async oneId(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<bigint | undefined> {
    const [row] = await this.database.query<IdRow>(statement, values);
    return row?.node_id;
  }

  private async change(
    statement: Statement,
    nodeId: bigint,
    signer: Signer,
  ): Promise<NodeChangeRow> {
    const values = [toInt8(nodeId), signer];
    const [row] = await this.database.query<NodeChangeRow>(statement, values);
    return row ?? { known: false, done: false };
  }
}
