import { StartRunRequest } from '../../generated/flwr/proto/control_run';
import { MOST_BYTES_WITHOUT_PAYLOAD } from '../../rpc/request-limits';

export const BESIDE_FAB_LIMIT_BYTES = MOST_BYTES_WITHOUT_PAYLOAD;
const NO_CONTENT = Buffer.alloc(0);

/**
 * True if a request says too much beside the content of its FAB: it is read whole whenever somebody lists runs, or an
 * automation is due.
 */
export function isTooLongBesideFab(request: StartRunRequest): boolean {
  const fab = request.fab && { ...request.fab, content: NO_CONTENT };
  return StartRunRequest.encode({ ...request, fab }).finish().length > BESIDE_FAB_LIMIT_BYTES;
}
