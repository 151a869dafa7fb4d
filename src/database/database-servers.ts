import { parseDatabaseUrl } from './database-url';

/** A connection to one of the servers. */
export interface ServerConnection {
  readonly url: string;
  /** Ends it at once; what waits for its server's answer fails. */
  cut(): void;
}

/**
 * The servers of one URL, and which of them took writes last: connections begin there, so that a dead first server
 * costs one look and not one for each connection.
 */
export class DatabaseServers {
  /** False: a standby will do, too. */
  readonly needsWrites: boolean;
  private readonly urls: readonly string[];
  private index = 0;
  private readonly connections = new Set<ServerConnection>();

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

  add(connection: ServerConnection): void {
    this.connections.add(connection);
  }

  remove(connection: ServerConnection): void {
    this.connections.delete(connection);
  }

  /**
   * The server at `url` takes writes. One at a time does: who still waits for another one, which may have fallen silent
   * with its connections open, is told to come again now and not when its time is over.
   */
  found(url: string): void {
    if (!this.needsWrites) return;
    for (const connection of this.connections) if (connection.url !== url) connection.cut();
  }

  /** From now on the next one is tried, unless another connection has moved on from `url` already. */
  leave(url: string): void {
    if (url === this.current) this.index = (this.index + 1) % this.urls.length;
  }
}
