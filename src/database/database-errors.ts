import { DatabaseError } from 'pg';

import { SuperLinkError } from '../errors/superlink-error';

/** SQLSTATE classes and codes that mean "not now": 08 connection, 53 resources, 57P0x shutdown, 58 system. */
const TRANSIENT_CLASS = /^(08|53|57P0|58)/;
const TRANSIENT_CODES = new Set([
  '25006', // read-only: a demoted primary
  '40001',
  '40P01',
  '55P03', // lock_timeout
  '57014', // statement_timeout
  '25P03', // idle_in_transaction_session_timeout
]);
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);
/** node-postgres reports these without any code. */
const CODELESS =
  /Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end|Query read timeout/;
/** Where PostgreSQL finds that a migration changed what a prepared statement yields; the message is in its own language. */
const STALE_STATEMENT = { code: '0A000', routine: 'RevalidateCachedQuery' };
/** The whole transaction can be run again at once: nothing of it was done. */
const REPEATABLE_CODES = new Set(['40001', '40P01']);
/** Input that PostgreSQL itself cannot store: NUL in text, broken UTF-8, numbers out of range, ids too long for an index. */
const BAD_INPUT_CODES = new Set(['22021', '22P05', '22003', '22P02', '54000']);

/** On an error of our own, such as a standby that showed at its login; Node's codes begin with a letter. */
const OWN_SQLSTATE = /^\d[0-9A-Z]{4}$/;

/** Thrown inside a transaction whose premises a concurrent one has just removed: run it again. */
export class RepeatTransaction extends Error {}

/**
 * There was no connection for a statement, so that nothing was done. Whatever the cause, a password that was changed or
 * a certificate that is too old, an operator can mend it; SuperNodes end at anything but UNAVAILABLE.
 */
export class NoConnectionError extends SuperLinkError {
  constructor(cause: unknown) {
    super('UNAVAILABLE', undefined, { cause });
  }
}

/** SQLSTATE of a database error, or a socket's error code; "" if there is none. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

export function isRepeatable(error: unknown): boolean {
  if (error instanceof RepeatTransaction || isStaleStatement(error)) return true;
  return REPEATABLE_CODES.has(errorCode(error));
}

/** The statement stays prepared as it was for as long as the connection lives. */
function isStaleStatement(error: unknown): boolean {
  const { code, routine } = STALE_STATEMENT;
  return errorCode(error) === code && error instanceof DatabaseError && error.routine === routine;
}

/** True if the database cannot serve now, but may in a moment. */
export function isTransient(error: unknown): boolean {
  if (error instanceof RepeatTransaction || isStaleStatement(error)) return true;
  const code = errorCode(error);
  if (TRANSIENT_CODES.has(code) || SOCKET_CODES.has(code) || TRANSIENT_CLASS.test(code))
    return true;
  return error instanceof Error && CODELESS.test(error.message);
}

/** True if the connection itself is of no more use: it must leave the pool. */
export function breaksConnection(error: unknown): boolean {
  const code = errorCode(error);
  return (
    SOCKET_CODES.has(code) ||
    /^(08|57P0)/.test(code) ||
    code === '25006' ||
    isStaleStatement(error) ||
    (code === '' && isTransient(error) && !(error instanceof RepeatTransaction))
  );
}

/**
 * What kind of error the database gave, for counting: the class of its SQLSTATE (`40`), or `connection`; undefined if
 * it came from somewhere else. PostgreSQL has some forty classes.
 */
export function databaseErrorClass(error: unknown): string | undefined {
  const cause = error instanceof SuperLinkError ? error.cause : error;
  if (!(cause instanceof Error)) return undefined;
  const code = errorCode(cause);
  if (cause instanceof DatabaseError || OWN_SQLSTATE.test(code)) return code.slice(0, 2);
  const isLost =
    error instanceof NoConnectionError || SOCKET_CODES.has(code) || CODELESS.test(cause.message);
  return isLost ? 'connection' : undefined;
}

/** What a rule sees instead of a driver's error: a catalogue error where the cause is known. */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof SuperLinkError) return error;
  if (isTransient(error)) return new SuperLinkError('UNAVAILABLE', undefined, { cause: error });
  if (BAD_INPUT_CODES.has(errorCode(error))) {
    return new SuperLinkError('INVALID_PROTOBUF_PAYLOAD', 'A value cannot be stored.', {
      cause: error,
    });
  }
  return error;
}
