import type { ErrorName } from '../errors/error-catalogue';
import { SuperLinkError } from '../errors/superlink-error';
import type { CallerRow } from './instructions.sql';

/** Throws UNAUTHENTICATED for an unknown caller, and `refusal` for one that may not do this now. */
export function checkCaller<Row extends CallerRow>(
  row: Row | undefined,
  refusal: ErrorName,
): asserts row is Row {
  if (row?.known !== true) throw new SuperLinkError('UNAUTHENTICATED');
  if (row.allowed !== true) throw new SuperLinkError(refusal);
}
