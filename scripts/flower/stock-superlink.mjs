/** The stock SuperLink, one process: what ours is compared with. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { waitForHttp } from './processes.mjs';

/**
 * Starts it with the state in memory, or in the SQLite file `database`. `ports` are
 * `{ fleet, serverAppIo, control, http }`. Resolves to its child process when it answers.
 */
export async function startStockSuperLink({ household, flower, directory, ports, database }) {
  const home = join(directory, 'stock-superlink');
  mkdirSync(home, { recursive: true });
  const args = [
    '--insecure',
    '--isolation',
    'process',
    '--fleet-api-address',
    `127.0.0.1:${ports.fleet}`,
    '--serverappio-api-address',
    `127.0.0.1:${ports.serverAppIo}`,
    '--control-api-address',
    `127.0.0.1:${ports.control}`,
    '--enable-http-api',
    '--port',
    String(ports.http),
    ...(database ? ['--database', database] : []),
  ];
  const child = household.start('stock-superlink', flower.bin('flower-superlink'), args, {
    env: flower.env(home),
  });
  await waitForHttp(`http://127.0.0.1:${ports.http}/health`, { child });
  return child;
}
