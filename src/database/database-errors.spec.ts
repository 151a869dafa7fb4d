import { DatabaseError } from 'pg';

import { SuperLinkError } from '../errors/superlink-error';
import {
  breaksConnection,
  databaseErrorClass,
  errorCode,
  isRepeatable,
  isTransient,
  NoConnectionError,
  RepeatTransaction,
  translateDatabaseError,
} from './database-errors';

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** What PostgreSQL says in French when a migration changed what a prepared statement yields. */
function staleStatement(): DatabaseError {
  const error = new DatabaseError('le plan en cache ne doit pas modifier le type', 4, 'error');
  return Object.assign(error, { code: '0A000', routine: 'RevalidateCachedQuery' });
}

const nameOf = (error: unknown): string | undefined =>
  error instanceof SuperLinkError ? error.errorName : undefined;

describe('database errors', () => {
  it.each([
    ['08006', 'connection lost'],
    ['53100', 'disk full'],
    ['53300', 'too many connections'],
    ['57P01', 'shut down by an administrator'],
    ['57P03', 'starting up'],
    ['58030', 'disk broken'],
    ['25006', 'a standby'],
    ['40001', 'not serializable'],
    ['40P01', 'deadlock'],
    ['55P03', 'lock time-out'],
    ['57014', 'statement time-out'],
    ['ECONNREFUSED', 'nobody listens'],
    ['ECONNRESET', 'cut'],
    ['EAI_AGAIN', 'no name service'],
  ])('%s (%s) is trouble that passes', (code) => {
    expect(isTransient(withCode(code))).toBe(true);
    expect(nameOf(translateDatabaseError(withCode(code)))).toBe('UNAVAILABLE');
  });

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Cannot use a pool after calling end on the pool',
    'Query read timeout',
  ])('"%s" is trouble that passes and leaves a broken connection', (text) => {
    expect(nameOf(translateDatabaseError(new Error(text)))).toBe('UNAVAILABLE');
    expect(breaksConnection(new Error(text))).toBe(true);
  });

  it.each([
    ['22021', 'NUL or broken UTF-8 in a text'],
    ['22P05', 'a character that cannot be stored'],
    ['22003', 'a number out of range'],
    ['22P02', 'a text that is no number'],
    ['54000', 'an id too long for an index'],
  ])('%s (%s) is bad input', (code) => {
    const error = translateDatabaseError(withCode(code));
    expect(nameOf(error)).toBe('INVALID_PROTOBUF_PAYLOAD');
    expect(error).toHaveProperty('cause.code', code);
  });

  it.each(['42P01', '23505', '42601', 'XX000', ''])('%s is passed on as it is', (code) => {
    const error = withCode(code);
    expect(translateDatabaseError(error)).toBe(error);
  });

  it('passes on what the rules threw', () => {
    const error = new SuperLinkError('RUN_NOT_FOUND');
    expect(translateDatabaseError(error)).toBe(error);
  });

  it('repeats what was undone as a whole, and nothing else', () => {
    expect(['40001', '40P01'].map(withCode).every(isRepeatable)).toBe(true);
    expect(isRepeatable(new RepeatTransaction())).toBe(true);
    expect(['08006', '57P01', '55P03', 'ECONNRESET'].map(withCode).some(isRepeatable)).toBe(false);
  });

  it('keeps connections that only a statement failed on', () => {
    expect(['40001', '22021', '53100', '57014'].map(withCode).some(breaksConnection)).toBe(false);
    expect(breaksConnection(new RepeatTransaction())).toBe(false);
    expect(['08006', '57P01', '25006', 'EPIPE'].map(withCode).every(breaksConnection)).toBe(true);
  });

  it('repeats a statement that a migration made stale, on another connection', () => {
    expect(isRepeatable(staleStatement())).toBe(true);
    expect(breaksConnection(staleStatement())).toBe(true);
    expect(nameOf(translateDatabaseError(staleStatement()))).toBe('UNAVAILABLE');
    const other = Object.assign(staleStatement(), { routine: 'DefineIndex' });
    expect(isRepeatable(other)).toBe(false);
    expect(translateDatabaseError(other)).toBe(other);
  });

  it.each([undefined, null, 'text', { code: 7 }, new Error('plain')])(
    'finds no code in %s',
    (error) => {
      expect(errorCode(error)).toBe('');
    },
  );

  it.each([
    ['40P01', '40'],
    ['57014', '57'],
    ['XX000', 'XX'],
  ])('counts %s in the class %s, also behind what a client is told', (code, expected) => {
    const error = Object.assign(new DatabaseError('text', 4, 'error'), { code });
    expect(databaseErrorClass(error)).toBe(expected);
    const told = new SuperLinkError('UNAVAILABLE', undefined, { cause: error });
    expect(databaseErrorClass(told)).toBe(expected);
  });

  it('counts a standby that showed at its login, before any statement', () => {
    expect(databaseErrorClass(withCode('25006'))).toBe('25');
  });

  it('counts what never reached PostgreSQL as trouble with the connection', () => {
    expect(databaseErrorClass(withCode('ECONNREFUSED'))).toBe('connection');
    expect(databaseErrorClass(new Error('Query read timeout'))).toBe('connection');
  });

  it.each([
    [Object.assign(new DatabaseError('text', 4, 'error'), { code: '28P01' }), '28'],
    [withCode('CERT_HAS_EXPIRED'), 'connection'],
    [withCode('EMFILE'), 'connection'],
    [new Error('The server does not support SSL connections'), 'connection'],
  ])(
    'tells clients to come again, and counts, when %s let no connection be made',
    (error, expected) => {
      const told = new NoConnectionError(error);
      expect(nameOf(translateDatabaseError(told))).toBe('UNAVAILABLE');
      expect(told.cause).toBe(error);
      expect(databaseErrorClass(told)).toBe(expected);
    },
  );

  it.each([
    new SuperLinkError('RUN_NOT_FOUND'),
    new RepeatTransaction(),
    withCode('EPERM'),
    'text',
  ])('counts no %s', (error) => {
    expect(databaseErrorClass(error)).toBeUndefined();
  });
});
