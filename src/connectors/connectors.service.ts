import { Injectable } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import { FederationsService } from '../federations/federations.service';
import type {
  BeginConnectorOAuthRequest,
  CompleteConnectorOAuthRequest,
  Connector,
  DisconnectConnectorRequest,
} from '../generated/flwr/proto/control_connector';
import type { StartRunRequest } from '../generated/flwr/proto/control_run';
import type { Account } from '../rpc/rpc-call';
import { HIGHEST_SERIAL } from '../wire/ids';

/**
 * Connectors that a federation is logged in to. The open edition has no OAuth client of any provider, so none can be
 * connected, and every one is unknown; what is refused before that is refused as upstream does. Requests from 1.39 on
 * name a federation, those before do not.
 */
@Injectable()
export class ConnectorsService {
  constructor(private readonly federations: FederationsService) {}

  list(federation: string, account: Account): Connector[] {
    this.checkFederation(federation, account);
    return [];
  }

  /** Throws unless all connectors of a new run are connected; a run without any passes. */
  requireConnected({
    connectorIds,
    connectorRefs,
  }: Pick<StartRunRequest, 'connectorIds' | 'connectorRefs'>): void {
    const refs = connectorRefs.map((ref) => ref.trim().toLowerCase());
    if (refs.includes('')) refuse('A connector_ref is needed.');
    for (const ref of refs) refuseUnknown(JSON.stringify(ref));
    for (const id of connectorIds) refuseUnknown(String(id));
  }

  disconnect(request: DisconnectConnectorRequest, account: Account): never {
    const { connectorRef, connectorId } = request;
    this.checkFederation(request.federation.trim(), account);
    if (connectorRef.trim() !== '') return refuseUnknown(JSON.stringify(connectorRef));
    if (connectorId === 0n) refuse('A connector_id is needed.');
    if (connectorId > HIGHEST_SERIAL) refuse('The connector_id is out of range.');
    return refuseUnknown(String(connectorId));
  }

  beginOAuth(request: BeginConnectorOAuthRequest, account: Account): never {
    this.checkFederation(request.federation.trim(), account);
    requireTexts([
      ['connector_ref', request.connectorRef],
      ['redirect_uri', request.redirectUri],
    ]);
    return refuseUnknown(JSON.stringify(request.connectorRef.trim().toLowerCase()));
  }

  completeOAuth({ oauthSessionId, code, state }: CompleteConnectorOAuthRequest): never {
    requireTexts([
      ['oauth_session_id', oauthSessionId],
      ['code', code],
    ]);
    if (state === '') refuse('A state is needed.');
    throw new SuperLinkError('CONNECTOR_NOT_FOUND', 'No such OAuth session of this account.');
  }

  private checkFederation(federation: string, account: Account): void {
    if (federation !== '') this.federations.requireMembership(account, federation);
  }
}

type NamedText = readonly [name: string, text: string];

function requireTexts(texts: readonly NamedText[]): void {
  for (const [name, text] of texts) {
    if (text.trim() === '') refuse(`A ${name} is needed.`);
  }
}

function refuse(details: string): never {
  throw new SuperLinkError('INVALID_CONNECTOR_REQUEST', details);
}

function refuseUnknown(name: string): never {
  throw new SuperLinkError('CONNECTOR_NOT_FOUND', `There is no connector ${name}.`);
}
