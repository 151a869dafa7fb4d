import { parseDatabaseUrl } from './database-url';

/**
 * The servers of one URL, and which of them took writes last: connections begin there, so that a dead first server
 * costs one look and not one for each connection.
 */
export class DatabaseServers {
  /** False: a standby will do, too. */
  readonly needsWrites: boolean;
  private readonly urls: readonly string[];
  private index = 0;

  constructor(url: string) {
    const { servers, needsWrites } = parseDatabaseUrl(url) ?? { servers: [url], needsWrites: true };
    this.urls = servers;
    this.needsWrites = needsWrites;
  }

  get count(): number {
    return this.urls.length;
  }

  /** URL of the server to try next. */
  get current(): string {
    return this.urls[this.index] ?? '';
  }

  /** From now on the next one is tried, unless another connection has moved on from `url` already. */
  leave(url: string): void {
    if (url === this.current) this.index = (this.index + 1) % this.urls.length;
  }
}
