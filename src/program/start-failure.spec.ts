import { ConfigError } from '../config/config-error';
import { EXAMPLE_URL, POSTGRES_URL } from '../config/setting-kinds';
import { SchemaTooNewError } from '../database/migrate';
import { explainStartFailure, StartFailure } from './start-failure';

/** An error as node-postgres and Node's sockets make them. */
function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

describe('a start that fails', () => {
  it.each([
    ['28P01', 'password authentication failed for user "u"', 'refused the user or password'],
    ['28000', 'no pg_hba.conf entry for host "10.0.0.1"', 'pg_hba.conf'],
    ['3D000', 'database "d" does not exist', 'Create it (createdb)'],
    ['42501', 'permission denied for schema public', 'owner of the database'],
    ['53300', 'sorry, too many clients already', 'Lower --pool-size'],
    ['57P03', 'the database system is starting up', 'Try again in a moment'],
    ['25006', 'cannot execute CREATE TABLE in a read-only transaction', 'primary'],
    ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432', 'PostgreSQL is running'],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND db', 'Check --database'],
    ['ENOSPC', 'no space left on device, write', 'Free some space'],
  ])('with %s says what to do', (code, message, advice) => {
    expect(explainStartFailure(coded(code, message))).toContain(advice);
  });

  it.each([
    [
      'No address added out of total 1 resolved errors: [bind EADDRINUSE 0.0.0.0:9092]',
      '0.0.0.0:9092',
    ],
    ['listen EADDRNOTAVAIL: address not available 10.9.9.9:9092', '10.9.9.9:9092'],
    ['The server does not support SSL connections', 'sslmode'],
    ['self-signed certificate in certificate chain', 'sslrootcert'],
    ['unsupported startup parameter: statement_timeout', '--database-direct'],
    ['timeout exceeded when trying to connect', 'Check --database'],
    ['Connection terminated unexpectedly', 'Check --database'],
  ])('with the text %j says what to do', (message, advice) => {
    expect(explainStartFailure(new Error(message))).toContain(advice);
  });

  it('finds the cause under wrappers and among several addresses', () => {
    const refused = coded('ECONNREFUSED', 'connect ECONNREFUSED ::1:5432');
    const both = new AggregateError([refused, refused]);
    expect(explainStartFailure(both)).toContain('::1:5432');
    const wrapped = new Error('Unable to connect', { cause: coded('28P01', 'no') });
    expect(explainStartFailure(wrapped)).toContain('refused the user or password');
  });

  it('lets errors of our own speak for themselves', () => {
    expect(explainStartFailure(new ConfigError('--port must be a number.'))).toBe(
      '--port must be a number.',
    );
    expect(explainStartFailure(new StartFailure('Busy certificate timeout.'))).toBe(
      'Busy certificate timeout.',
    );
    expect(explainStartFailure(new SchemaTooNewError(['Later1']))).toContain('newer schema');
  });

  it('is told in one line, without the URL and its password', () => {
    const line = explainStartFailure(new Error('bad\n  postgres://u:hunter2@h/d\n  here'));
    expect(line).toBe('bad the URL here');
  });

  it('shows what a URL looks like to who gave none', () => {
    const wanted = `--database must be ${POSTGRES_URL.expected}.`;
    expect(explainStartFailure(new ConfigError(wanted))).toBe(wanted);
    const like = explainStartFailure(new Error(`${EXAMPLE_URL}x`));
    expect(like).toBe('the URL');
  });

  it('is told even when what was thrown is no error', () => {
    expect(explainStartFailure(undefined)).toContain('unknown reason');
    expect(explainStartFailure({ code: 'ECONNREFUSED' })).toContain('cannot be reached');
  });
});
