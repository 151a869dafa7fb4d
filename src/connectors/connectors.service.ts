import { Injectable } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import type { Connector } from '../generated/flwr/proto/control_connector';

/**
 * Connectors that an account can log in to. The open edition ships no provider, so there is none to list and
 * every reference is unknown; what is refused before that is refused as upstream does.
 */
@Injectable()
export class ConnectorsService {
  list(): Connector[] {
    return [];
  }

  /** The references in their canonical form, each once. Throws unless all are connected. */
  canonicalRefs(refs: readonly string[]): string[] {
    const canonical = [...new Set(refs.map((ref) => ref.trim().toLowerCase()))];
    if (canonical.includes('')) refuse('A connector_ref is needed.');
    for (const ref of canonical) refuseUnknown(ref);
    return canonical;
  }

  disconnect(ref: string): never {
    return this.refuse(ref, []);
  }

  beginOAuth(ref: string, redirectUri: string): never {
    return this.refuse(ref, [['redirect_uri', redirectUri]]);
  }

  completeOAuth(sessionId: string, code: string, state: string): never {
    requireTexts([
      ['oauth_session_id', sessionId.trim()],
      ['code', code.trim()],
      ['state', state],
    ]);
    throw new SuperLinkError('CONNECTOR_NOT_FOUND', 'No such OAuth session of this account.');
  }

  private refuse(ref: string, alsoNeeded: readonly NamedText[]): never {
    const canonical = ref.trim().toLowerCase();
    requireTexts([['connector_ref', canonical], ...alsoNeeded]);
    return refuseUnknown(canonical);
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

function refuseUnknown(ref: string): never {
  throw new SuperLinkError('CONNECTOR_NOT_FOUND', `There is no connector ${JSON.stringify(ref)}.`);
}
