import { Injectable } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import type { Account } from '../rpc/rpc-call';
import { DEFAULT_FEDERATION } from './default-federation';

/** Owner and only member of the default federation. */
const ONLY_MEMBER_AID = '<id:none>';

/** Which federations there are and who is in them: one, with every account that a SuperLink without accounts has. */
@Injectable()
export class FederationsService {
  /** The federation that a request means: the default one if it names none. */
  resolve(federationId: string): string {
    return federationId === '' ? DEFAULT_FEDERATION : federationId;
  }

  exists(federationId: string): boolean {
    return federationId === DEFAULT_FEDERATION;
  }

  hasMember(account: Account, federationId: string): boolean {
    return this.exists(federationId) && account.flwrAid === ONLY_MEMBER_AID;
  }

  /** Federations that the account is a member of. */
  listOf(account: Account): string[] {
    return this.hasMember(account, DEFAULT_FEDERATION) ? [DEFAULT_FEDERATION] : [];
  }

  /** For requests that work in a federation: throws FEDERATION_NOT_FOUND_OR_NO_PERMISSION. */
  requirePermission(account: Account, federationId: string): void {
    if (this.hasMember(account, federationId)) return;
    throw new SuperLinkError('FEDERATION_NOT_FOUND_OR_NO_PERMISSION');
  }

  /** For requests about what is in a federation: throws FEDERATION_NOT_SPECIFIED or FEDERATION_NOT_FOUND. */
  requireMembership(account: Account, federationId: string): void {
    if (federationId === '') throw new SuperLinkError('FEDERATION_NOT_SPECIFIED');
    if (!this.hasMember(account, federationId)) throw new SuperLinkError('FEDERATION_NOT_FOUND');
  }
}
