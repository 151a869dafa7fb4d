import { isIPv6 } from 'node:net';

/** Where a server listens: a name or an IP address without brackets, and a TCP port (0: any free one). */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export const HIGHEST_PORT = 65_535;
const BRACKETED = /^\[([^[\]]+)\]:(\d{1,5})$/;
const PLAIN = /^([^\s:[\]/]+):(\d{1,5})$/;

/** Reads `host:port` or `[v6]:port`; undefined if the text is neither. */
export function parseAddress(text: string): Address | undefined {
  const bracketed = BRACKETED.exec(text);
  const [, host = '', digits = ''] = bracketed ?? PLAIN.exec(text) ?? [];
  if (host === '' || Number(digits) > HIGHEST_PORT) return undefined;
  if (bracketed !== null && !isIPv6(host)) return undefined;
  return { host, port: Number(digits) };
}

/** The text form that `parseAddress` reads, as grpc-js and Flower's programs take it. */
export function formatAddress({ host, port }: Address): string {
  return isIPv6(host) ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
}

/** Where a client on this machine reaches a server that listens on `address`. */
export function localAddress({ host, port }: Address): Address {
  if (host === '0.0.0.0') return { host: '127.0.0.1', port };
  return { host: host === '::' ? '::1' : host, port };
}

/** Where the replica with this number (from 1) listens, of several that take a port each, one after the other. */
export function addressOfReplica({ host, port }: Address, number: number): Address {
  return { host, port: port === 0 ? 0 : port + number - 1 };
}
