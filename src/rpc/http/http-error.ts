import { ERROR_CATALOGUE, type GrpcStatusName } from '../../errors/error-catalogue';
import type { SuperLinkError } from '../../errors/superlink-error';
import type { Access } from '../rpc.decorator';

const HTTP_STATUS: Readonly<Record<GrpcStatusName, number>> = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  FAILED_PRECONDITION: 412,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  // not of this wire: streams that move to another replica, and nothing else
  DEADLINE_EXCEEDED: 503,
  RESOURCE_EXHAUSTED: 503,
};
const UNSUPPORTED_MEDIA_TYPE = 415;
/** What a wrong task token or SuperExec signature is told with. */
const RUNTIME_AUTHENTICATION_FAILED = 1008;

const RETRY_SOON = { 'retry-after': '1' };
/** CLIs from 1.37 on refresh their tokens at exactly this value only. */
const BEARER = { 'www-authenticate': 'Bearer' };

export interface HttpError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly code?: number;
    readonly detail: string;
    readonly extra?: string;
  };
}

/** A catalogue error on the HTTP wire. `access` of the RPC, if known, decides on the form of a 401. */
export function toHttpError(error: SuperLinkError, access: Access | undefined): HttpError {
  const row = ERROR_CATALOGUE[error.errorName];
  const extra = error.details;
  if (error.errorName === 'UNAUTHENTICATED') return unauthenticated(extra ?? row.text, access);
  const status =
    error.errorName === 'UNSUPPORTED_CONTENT_TYPE' ? UNSUPPORTED_MEDIA_TYPE : HTTP_STATUS[row.grpc];
  if ('code' in row) {
    const body = { code: row.code, detail: row.text, ...(extra !== undefined && { extra }) };
    return { status, headers: status === HTTP_STATUS.UNAUTHENTICATED ? BEARER : {}, body };
  }
  const detail = extra === undefined ? row.text : `${row.text} ${extra}`;
  return {
    status,
    headers: status === HTTP_STATUS.UNAVAILABLE ? RETRY_SOON : {},
    body: { detail },
  };
}

/** At a 401 with a code CLIs show that; without one they tell their user to log in. */
function unauthenticated(why: string, access: Access | undefined): HttpError {
  const status = HTTP_STATUS.UNAUTHENTICATED;
  if (access === 'account') {
    return { status, headers: BEARER, body: { detail: 'Not authenticated' } };
  }
  const isOfTask = access === 'task' || access === 'superexec';
  const code = isOfTask ? { code: RUNTIME_AUTHENTICATION_FAILED } : {};
  return { status, headers: {}, body: { ...code, detail: why } };
}
