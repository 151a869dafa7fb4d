import { Metadata, status } from '@grpc/grpc-js';

import { ERROR_CATALOGUE } from '../../errors/error-catalogue';
import type { SuperLinkError } from '../../errors/superlink-error';

/**
 * The text travels in an HTTP/2 header, escaped to up to nine times its length. Beyond 8 KiB Python's gRPC refuses
 * the whole answer, and beyond 64 KiB it would never leave and the call hang.
 */
const MOST_DETAIL_CHARACTERS = 500;
const HALF_A_CHARACTER_AT_END = /[\uD800-\uDBFF]$/;

export interface GrpcError {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/**
 * A catalogue error on the gRPC wire: rows with a number travel as the JSON object that clients from 1.30 on
 * unwrap. UNAUTHENTICATED stays plain text: only then do CLIs from 1.33 on print their login hint.
 */
export function toGrpcError(error: SuperLinkError): GrpcError {
  const row = ERROR_CATALOGUE[error.errorName];
  return { code: status[row.grpc], details: statusText(error), metadata: new Metadata() };
}

function statusText(error: SuperLinkError): string {
  const row = ERROR_CATALOGUE[error.errorName];
  const details = error.details
    ?.slice(0, MOST_DETAIL_CHARACTERS)
    .replace(HALF_A_CHARACTER_AT_END, '');
  if ('code' in row) {
    return JSON.stringify({
      code: row.code,
      public_message: row.text,
      public_details: details ?? null,
    });
  }
  return details === undefined ? row.text : `${row.text} ${details}`;
}
