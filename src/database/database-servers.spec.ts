import { DatabaseServers } from './database-servers';

const ONE = 'postgres://flower@db-1:5432/flower';
const OTHER = 'postgres://flower@db-2:5432/flower';
const BOTH = 'postgres://flower@db-1:5432,db-2:5432/flower';

/** A connection to `url` that is known to `servers`; `isCut` tells what became of it. */
function connectionTo(
  servers: DatabaseServers,
  url: string,
): { url: string; isCut: boolean; cut(): void } {
  const connection = {
    url,
    isCut: false,
    cut() {
      this.isCut = true;
    },
  };
  servers.add(connection);
  return connection;
}

describe('a server that is found to take writes', () => {
  it('has the connections to others cut, and keeps its own', () => {
    const servers = new DatabaseServers(BOTH);
    const old = connectionTo(servers, servers.current);
    servers.leave(old.url);
    const own = connectionTo(servers, servers.current);
    servers.found(own.url);
    expect([old.isCut, own.isCut]).toEqual([true, false]);
  });

  it('leaves alone what has ended', () => {
    const servers = new DatabaseServers(BOTH);
    const ended = connectionTo(servers, ONE);
    servers.remove(ended);
    servers.found(OTHER);
    expect(ended.isCut).toBe(false);
  });

  it('is one of several where standbys will do, too', () => {
    const servers = new DatabaseServers(`${BOTH}?target_session_attrs=any`);
    const other = connectionTo(servers, ONE);
    servers.found(OTHER);
    expect(other.isCut).toBe(false);
  });
});
