import { parseDatabaseUrl } from './database-url';

describe('a database URL', () => {
  it.each([
    'postgres://u:p@h/d',
    'postgresql://u@h:5433/d?sslmode=verify-full&sslrootcert=/ca.pem',
    'postgres://u:p%40%2Fss@[2001:db8::1]:5432/d%20b',
    'postgres:///d?host=/var/run/postgresql',
  ])('%s with one server is taken as it is', (url) => {
    expect(parseDatabaseUrl(url)).toEqual({ servers: [url], needsWrites: true });
  });

  it('with several servers becomes one for each, in order, with all parameters', () => {
    const url = 'postgres://u:p%2Cw@db1:5432,[::1]:5433,db3/d?sslmode=require';
    expect(parseDatabaseUrl(url)?.servers).toEqual([
      'postgres://u:p%2Cw@db1:5432/d?sslmode=require',
      'postgres://u:p%2Cw@[::1]:5433/d?sslmode=require',
      'postgres://u:p%2Cw@db3/d?sslmode=require',
    ]);
  });

  it('keeps commas and at signs of a password that was not encoded', () => {
    expect(parseDatabaseUrl('postgres://u:a,b@c@h1,h2/d')?.servers).toEqual([
      'postgres://u:a,b@c@h1/d',
      'postgres://u:a,b@c@h2/d',
    ]);
  });

  it.each([
    ['', true],
    ['?target_session_attrs=read-write', true],
    ['?sslmode=disable&target_session_attrs=primary', true],
    ['?target_session_attrs=any', false],
  ])('that ends in "%s" needs writes: %s', (query, needsWrites) => {
    expect(parseDatabaseUrl(`postgres://h1,h2/d${query}`)?.needsWrites).toBe(needsWrites);
  });

  it.each([
    '',
    'sqlite:///state.db',
    'http://h/d',
    'postgres:/h/d',
    'postgres://u:p@/d',
    'postgres://u:p@h1,,h2/d',
    'postgres://u:p@h1,/d',
    'postgres://u:p@h1:70000,h2/d',
    'postgres://u:p@[::1,h2/d',
    'postgres://u:p@h 1,h2/d',
    'postgres://h/d?target_session_attrs=standby',
    'postgres://h/d?target_session_attrs=constructor',
    'postgres://h/d?target_session_attrs=prefer-standby',
  ])('%j is refused', (url) => {
    expect(parseDatabaseUrl(url)).toBeUndefined();
  });
});
