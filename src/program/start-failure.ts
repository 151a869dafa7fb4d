import { ConfigError } from '../config/config-error';
import { EXAMPLE_URL } from '../config/setting-kinds';

/** A failure of the start that we know and can say what to do about. The message is one line for a person. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

type Explanation = (message: string) => string;

const UNREACHABLE: Explanation = (message) =>
  `The database cannot be reached (${message}). Check --database and that PostgreSQL is running.`;

/** What to do about errors of PostgreSQL (SQLSTATE) and of the operating system. */
const BY_CODE: Readonly<Record<string, Explanation>> = {
  '28P01': () =>
    'The database refused the user or password in --database (FLWR_DATABASE). Correct them.',
  '28000': (message) =>
    `The database does not let this user in (${message}). Check --database and pg_hba.conf.`,
  '3D000': () =>
    'The database named in --database does not exist. Create it (createdb), or correct the name.',
  '42501': (message) =>
    `The user in --database lacks a right (${message}). Make it the owner of the database.`,
  '53300': () =>
    'The database has no free connection. Lower --pool-size, or raise max_connections.',
  '57P03': () => 'The database is starting up or shutting down. Try again in a moment.',
  '25006': () => 'The database is a read-only standby. Point --database at the primary.',
  ECONNREFUSED: UNREACHABLE,
  ENOTFOUND: UNREACHABLE,
  EAI_AGAIN: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ECONNRESET: UNREACHABLE,
  ENOSPC: () => 'The disk is full. Free some space.',
};

/** Errors that the driver or grpc-js throw without a code of their own, by their text. */
const BY_TEXT: readonly [RegExp, Explanation][] = [
  [
    /EADDRINUSE/,
    (message) => `A port is in use already (${message}). Choose another --...-address or --port.`,
  ],
  [
    /EADDRNOTAVAIL/,
    (message) =>
      `An address does not belong to this machine (${message}). Correct the --...-address.`,
  ],
  [
    /listen EACCES|bind EACCES/,
    (message) => `This user may not open a port (${message}). Choose one above 1023.`,
  ],
  [
    /does not support SSL/,
    () =>
      'The database does not speak TLS, which --database asks for. Remove sslmode, or set up TLS there.',
  ],
  [
    /certificate|self-signed/i,
    (message) =>
      `The TLS connection to the database failed (${message}). Check sslmode and sslrootcert in --database.`,
  ],
  [
    /unsupported startup parameter/,
    () =>
      'At --database is a pooler. Name the database behind it with --database-direct; docs/high-availability.md says what else it needs.',
  ],
  [/timeout|Connection terminated/i, UNREACHABLE],
];

/** One line that says what went wrong and what to do. Never shows passwords: URLs are cut out. */
export function explainStartFailure(error: unknown): string {
  return oneLine(withoutUrls(explain(error)));
}

function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof StartFailure) return error.message;
  const cause = rootOf(error);
  const message = messageOf(cause);
  const explanation =
    BY_CODE[codeOf(cause)] ?? BY_TEXT.find(([pattern]) => pattern.test(message))?.[1];
  if (explanation !== undefined) return explanation(message);
  // our own errors explain themselves
  return messageOf(error) || 'superlink could not start, for an unknown reason.';
}

/** The first known cause: connection errors come as an aggregate of one error for each address tried. */
function rootOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  if (error instanceof Error && codeOf(error) === '' && error.cause instanceof Error) {
    return rootOf(error.cause);
  }
  return error;
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.trim() : '';
}

/** Our own example stays, with the comma behind it. */
function withoutUrls(text: string): string {
  return text.replace(/\bpostgres(ql)?:\/\/\S+/g, (url) =>
    url === `${EXAMPLE_URL},` ? url : 'the URL',
  );
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
