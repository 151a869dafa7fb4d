import type { Queryable } from '../../database/database';
import { SuperLinkError } from '../../errors/superlink-error';
import type { StartRunRequest } from '../../generated/flwr/proto/control_run';
import type { RunCreationService } from '../../runs/run-creation.service';

/** `@account/app`, maybe with a version, as the app hub names apps. */
const APP_SPEC = /^@[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+(==\d+\.\d+\.\d+)?$/;

/**
 * The FAB that a request means: a stored one by its hash, else an app of the hub, else the uploaded content.
 * Throws FAB_NOT_AVAILABLE, INVALID_APP_SPEC or FAB_DOWNLOAD_LINK_FAILURE.
 */
export async function submittedFab(
  request: StartRunRequest,
  creation: RunCreationService,
  database: Queryable,
): Promise<Buffer> {
  const hash = request.fab?.hashStr ?? '';
  const content = request.fab?.content ?? Buffer.alloc(0);
  if (hash !== '' && content.length === 0) {
    const stored = await creation.findFab(database, hash);
    if (stored === undefined) {
      throw new SuperLinkError('FAB_NOT_AVAILABLE', 'No FAB with this hash is stored.');
    }
    return stored;
  }
  if (request.appSpec !== '') refuseAppSpec(request.appSpec);
  return content;
}

/** The hub belongs to the vendor's platform, which this SuperLink never calls. */
function refuseAppSpec(appSpec: string): never {
  if (!APP_SPEC.test(appSpec)) {
    throw new SuperLinkError(
      'INVALID_APP_SPEC',
      'It must be of the form "@account/app" or "@account/app==1.2.3".',
    );
  }
  throw new SuperLinkError(
    'FAB_DOWNLOAD_LINK_FAILURE',
    'This SuperLink does not use the app hub: run the app from its folder.',
  );
}
