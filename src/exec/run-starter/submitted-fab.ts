import { appIdOf, refuseHubApp } from '../../apps/app-spec';
import type { AppsService } from '../../apps/apps.service';
import type { Queryable } from '../../database/database';
import { SuperLinkError } from '../../errors/superlink-error';
import type { StartRunRequest } from '../../generated/flwr/proto/control_run';
import type { RunCreationService } from '../../runs/run-creation.service';

/** A FAB, and whether it came with the request. */
export interface SubmittedFab {
  readonly content: Buffer;
  readonly isUploaded: boolean;
}

/** Where stored FABs are looked for. */
export interface FabSources {
  readonly apps: AppsService;
  readonly creation: RunCreationService;
}

/**
 * The FAB that a request in a federation means: that of an app of the federation by its hash, else an app of the hub,
 * else the uploaded content. Throws INVALID_APP_SPEC, FAB_NOT_AVAILABLE or FAB_DOWNLOAD_LINK_FAILURE.
 */
export async function submittedFab(
  { fab, appSpec }: StartRunRequest,
  federationId: string,
  sources: FabSources,
  database: Queryable,
): Promise<SubmittedFab> {
  const appId = appSpec === '' ? undefined : appIdOf(appSpec);
  if (fab !== undefined && fab.hashStr !== '' && fab.content.length === 0) {
    const app = { federationId, appId, fabHash: fab.hashStr };
    return { content: await storedFab(app, sources, database), isUploaded: false };
  }
  if (appId !== undefined) refuseHubApp();
  return { content: fab?.content ?? Buffer.alloc(0), isUploaded: true };
}

interface NamedFab {
  readonly federationId: string;
  /** Clients to 1.35 name the hash alone. */
  readonly appId: string | undefined;
  readonly fabHash: string;
}

async function storedFab(
  { federationId, appId, fabHash }: NamedFab,
  { apps, creation }: FabSources,
  database: Queryable,
): Promise<Buffer> {
  const stored = await (appId === undefined
    ? creation.findFab(database, fabHash)
    : apps.findFab(database, federationId, appId, fabHash));
  if (stored !== undefined) return stored;
  throw new SuperLinkError('FAB_NOT_AVAILABLE', 'No such app is stored in the federation.');
}
