import { StartRunRequest } from '../../generated/flwr/proto/control_run';

/** As much as a request may have that carries no payload. */
export const BESIDE_FAB_LIMIT_BYTES = 1024 * 1024;
const NO_CONTENT = Buffer.alloc(0);

/**
 * True if a request says too much beside the content of its FAB: it is read whole whenever somebody lists runs, or an
 * automation is due.
 */
export function isTooLongBesideFab(request: StartRunRequest): boolean {
  const fab = request.fab && { ...request.fab, content: NO_CONTENT };
  return StartRunRequest.encode({ ...request, fab }).finish().length > BESIDE_FAB_LIMIT_BYTES;
}
