import { createHash, randomBytes } from 'node:crypto';

import { SuperLinkError } from '../errors/superlink-error';
import type { CallHeaders } from '../rpc/rpc-call';

const TOKEN = /^[0-9a-f]{256}$/;
const TOKEN_BYTES = 128;

/** A fresh token: exactly 256 lower-case hex characters, the form that task processes from 1.37 on insist on. */
export function newTaskToken(): string {
  return randomBytes(TOKEN_BYTES).toString('hex');
}

/** What is stored of a token. 128 random bytes need no slow hash. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Hash of the token that came along, or UNAUTHENTICATED; whether it is alive the statement of the call says. */
export function tokenHashOf(headers: CallHeaders): Buffer {
  const tokens = headers.text('flwr-task-token');
  const [token] = tokens;
  if (token === undefined || tokens.length !== 1 || !TOKEN.test(token)) {
    throw new SuperLinkError('UNAUTHENTICATED', 'The task token is missing or malformed.');
  }
  return hashOfToken(token);
}
