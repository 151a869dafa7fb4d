/** A URL as libpq takes it, which may name several servers: `postgres://u:p@h1:5432,h2/db?target_session_attrs=…`. */
export interface DatabaseUrl {
  /** One URL for each server, in the order given, with the parameters of all; the driver reads only such. */
  readonly servers: readonly [string, ...string[]];
  /** False: what can only be read will do, too. */
  readonly needsWrites: boolean;
}

/** Scheme, user and password up to the last @, servers, and the rest. */
const PARTS = /^(postgres(?:ql)?:\/\/)((?:[^/?#]*@)?)([^/?#@]*)([/?#].*)?$/;
/** By value of target_session_attrs; what asks for a standby is of no use here. */
const NEEDS_WRITES: ReadonlyMap<string, boolean> = new Map([
  ['read-write', true],
  ['primary', true],
  ['any', false],
]);
const DEFAULT_TARGET = 'read-write';

/** Reads a URL; undefined if it is none, so that no part of it, which may be the password, gets into a message. */
export function parseDatabaseUrl(text: string): DatabaseUrl | undefined {
  const [first, ...others] = serversOf(text);
  if (first === undefined || ![first, ...others].every((url) => URL.canParse(url))) {
    return undefined;
  }
  const target = new URL(first).searchParams.get('target_session_attrs') ?? DEFAULT_TARGET;
  const needsWrites = NEEDS_WRITES.get(target);
  return needsWrites === undefined ? undefined : { servers: [first, ...others], needsWrites };
}

/** One text for each server, not looked at any further; none if the whole cannot be a URL. */
function serversOf(text: string): string[] {
  const parts = PARTS.exec(text);
  if (parts === null) return [];
  const [, scheme = '', user = '', hosts = '', rest = ''] = parts;
  const names = hosts.split(',');
  if (names.length > 1 && names.includes('')) return [];
  return names.map((name) => scheme + user + name + rest);
}
