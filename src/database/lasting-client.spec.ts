import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DatabaseServers } from './database-servers';
import { LastingClient } from './lasting-client';
import { ServersPool } from './servers-pool';

describe('a client whose certificates vanish', () => {
  let folder: string;
  let servers: DatabaseServers;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'superlink-certificates-'));
    const file = join(folder, 'root.pem');
    writeFileSync(file, '');
    const tls = `sslmode=verify-full&sslrootcert=${encodeURIComponent(file)}`;
    servers = new DatabaseServers(`postgres://u:hunter2@127.0.0.1:1/d?${tls}`);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is made, and fails where its maker listens: when it connects', async () => {
    rmSync(folder, { recursive: true });
    const client = new LastingClient({ servers, isPooled: false });
    await expect(client.connect()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('ends no pool that makes it when nobody could catch', async () => {
    const pool = new ServersPool({ Client: LastingClient, servers, max: 1 } as never);
    const refused = pool.connect();
    const waiting = pool.connect();
    rmSync(folder, { recursive: true });
    await expect(refused).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(waiting).rejects.toMatchObject({ code: 'ENOENT' });
    await pool.end();
  });
});
