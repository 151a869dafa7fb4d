import { Inject, Injectable } from '@nestjs/common';

import { CONFIG, type Config } from '../config/config';
import { SuperLinkError } from '../errors/superlink-error';
import type { NodeInfo } from '../generated/flwr/proto/node';
import type { Account, Signer } from '../rpc/rpc-call';
import { randomNodeId } from '../wire/ids';
import { nodeLocationFault } from './node-location';
import { toNodeInfo } from './node-row';
import { type NodePlace, NodesRepository } from './nodes.repository';
import type { NodeChangeRow } from './nodes.sql';
import { isNistPublicKey } from './public-key';

/** Owner of nodes that registered themselves. */
const NOBODY: Account = { flwrAid: '<id:none>', name: 'none' };
const HEARTBEAT_SECONDS = { least: 10, most: 1800, ofRegisteredByCli: 30 };

/** Rules of a SuperNode's life; a node's status is derived from its times by the database's clock. */
@Injectable()
export class NodesService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly nodes: NodesRepository,
  ) {}

  /** Fleet.RegisterNode: the id of the key, the same when sent again. */
  async registerItself(signer: Signer, publicKey: Buffer, release?: string): Promise<bigint> {
    refuseOtherKey(signer, publicKey);
    if (this.config.supernodeAuth) throw new SuperLinkError('REGISTRATION_DISABLED');
    const nodeId = await this.nodes.register({
      nodeId: randomNodeId(),
      publicKey,
      owner: NOBODY,
      isSelfRegistered: true,
      signs: signer !== null,
      heartbeatSeconds: 0,
      release,
    });
    if (nodeId === undefined) throw new SuperLinkError('PUBLIC_KEY_IN_USE');
    return nodeId;
  }

  /** Fleet.ActivateNode: success too if the node is online already, for its first answer may have been lost. */
  async activate(
    signer: Signer,
    publicKey: Buffer,
    heartbeatSeconds: number,
    release?: string,
  ): Promise<bigint> {
    refuseOtherKey(signer, publicKey);
    if (!isHeartbeatInterval(heartbeatSeconds)) {
      const isKnown = (await this.nodes.findByKey(publicKey)) !== undefined;
      throw new SuperLinkError(isKnown ? 'INVALID_HEARTBEAT_INTERVAL' : 'NODE_ACTIVATION_FAILED');
    }
    const signs = signer !== null;
    const nodeId = await this.nodes.activate(publicKey, heartbeatSeconds, release, signs);
    if (nodeId === undefined) throw new SuperLinkError('NODE_ACTIVATION_FAILED');
    return nodeId;
  }

  async deactivate(signer: Signer, nodeId: bigint): Promise<void> {
    const change = await this.nodes.deactivate(nodeId, signer);
    checkChange(change, 'NODE_DEACTIVATION_FAILED');
  }

  async unregisterItself(signer: Signer, nodeId: bigint): Promise<void> {
    if (this.config.supernodeAuth) {
      if (!(await this.nodes.isCaller(nodeId, signer))) refuseCaller();
      throw new SuperLinkError('UNREGISTRATION_DISABLED');
    }
    const change = await this.nodes.unregister(nodeId, signer);
    checkChange(change, 'NODE_UNREGISTRATION_FAILED');
  }

  /** Renews the node's lease to twice `heartbeatSeconds` from now, and brings it back online. */
  async heartbeat(
    signer: Signer,
    nodeId: bigint,
    heartbeatSeconds: number,
    release?: string,
  ): Promise<void> {
    if (!isHeartbeatInterval(heartbeatSeconds)) {
      if (!(await this.nodes.isCaller(nodeId, signer))) refuseCaller();
      throw new SuperLinkError('INVALID_HEARTBEAT_INTERVAL');
    }
    if (!(await this.nodes.heartbeat(nodeId, signer, heartbeatSeconds, release))) refuseCaller();
  }

  /** Control.RegisterNode: a key that an account vouches for. */
  async registerForAccount(publicKey: Buffer, owner: Account, place: NodePlace): Promise<bigint> {
    if (!isNistPublicKey(publicKey)) throw new SuperLinkError('PUBLIC_KEY_NOT_VALID');
    const fault = place.location === undefined ? undefined : nodeLocationFault(place.location);
    if (fault !== undefined) throw new SuperLinkError('INVALID_NODE_LOCATION', fault);
    const nodeId = await this.nodes.register({
      nodeId: randomNodeId(),
      publicKey,
      owner,
      isSelfRegistered: false,
      signs: true,
      heartbeatSeconds: HEARTBEAT_SECONDS.ofRegisteredByCli,
      place,
    });
    if (nodeId === undefined) throw new SuperLinkError('PUBLIC_KEY_IN_USE');
    return nodeId;
  }

  async unregisterOwned(nodeId: bigint, owner: Account): Promise<void> {
    if (!(await this.nodes.unregisterOwned(nodeId, owner))) {
      throw new SuperLinkError('NODE_NOT_FOUND');
    }
  }

  /** All nodes of an account, unregistered ones included, oldest first. */
  async listOwned(owner: Account): Promise<NodeInfo[]> {
    return (await this.nodes.listOwned(owner)).map(toNodeInfo);
  }

  /** All nodes that are not unregistered: every one is in the one federation there is. */
  async listOfFederation(): Promise<NodeInfo[]> {
    return (await this.nodes.listLive()).map(toNodeInfo);
  }

  /** Nodes that are online now. */
  async listOnline(): Promise<NodeInfo[]> {
    const live = await this.listOfFederation();
    return live.filter((node) => node.status === 'online');
  }
}

function isHeartbeatInterval(seconds: number): boolean {
  return seconds >= HEARTBEAT_SECONDS.least && seconds <= HEARTBEAT_SECONDS.most;
}

function checkChange(
  change: NodeChangeRow,
  refusal: 'NODE_DEACTIVATION_FAILED' | 'NODE_UNREGISTRATION_FAILED',
): void {
  if (!change.known) refuseCaller();
  if (!change.done) throw new SuperLinkError(refusal);
}

/** The key in the body must be the one that signed, else one node could claim another's key; unsigned, a key at all. */
function refuseOtherKey(signer: Signer, publicKey: Buffer): void {
  if (signer === null) {
    if (!isNistPublicKey(publicKey)) throw new SuperLinkError('PUBLIC_KEY_NOT_VALID');
  } else if (!signer.equals(publicKey)) refuseCaller();
}

function refuseCaller(): never {
  throw new SuperLinkError('UNAUTHENTICATED', 'The key is not the key of this node.');
}
