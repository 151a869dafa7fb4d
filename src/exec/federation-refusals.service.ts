import { Injectable } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import { federationNameFault } from '../federations/federation-name';
import { FederationsService } from '../federations/federations.service';
import { NodesService } from '../nodes/nodes.service';
import type { Account } from '../rpc/rpc-call';

/**
 * Changes to federations: all refused, as upstream's open edition refuses them, after the checks that it makes
 * first.
 */
@Injectable()
export class FederationRefusals {
  constructor(
    private readonly federations: FederationsService,
    private readonly nodes: NodesService,
  ) {}

  create(name: string): never {
    requireName(name);
    const fault = federationNameFault(name);
    if (fault !== undefined) throw new SuperLinkError('INVALID_FEDERATION_NAME', fault);
    return this.refuse();
  }

  /** Archiving it, or giving it an icon. */
  change(name: string): never {
    requireName(name);
    return this.refuse();
  }

  /** Adding a node to a federation, or removing it. */
  async changeNode(name: string, nodeId: bigint, account: Account): Promise<never> {
    this.federations.requireMembership(account, name);
    const owned = await this.nodes.listOwned(account);
    if (!owned.some((node) => node.nodeId === nodeId)) {
      throw new SuperLinkError('NODE_NOT_FOUND_OR_NOT_OWNER');
    }
    return this.refuse();
  }

  /** Creating or accepting an invitation. */
  changeInvitation(name: string): never {
    if (!this.federations.exists(name)) {
      throw new SuperLinkError('FEDERATION_NOT_FOUND_OR_NO_PERMISSION');
    }
    return this.refuse();
  }

  refuse(): never {
    throw new SuperLinkError('NO_FEDERATION_MANAGEMENT');
  }
}

function requireName(name: string): void {
  if (name === '') throw new SuperLinkError('FEDERATION_NOT_SPECIFIED');
}
