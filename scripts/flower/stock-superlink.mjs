/** The stock SuperLink, one process: what ours is compared with. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { waitForPort } from './ports.mjs';

/**
 * Starts it with the state in memory, or in the SQLite file `database`. `ports` are
 * `{ fleet, serverAppIo, control }`. Resolves to its child process when it listens.
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
    ...(database ? ['--database', database] : []),
  ];
  const child = household.start('stock-superlink', flower.bin('flower-superlink'), args, {
    env: flower.env(home),
    stage: 1,
  });
  for (const port of [ports.serverAppIo, ports.fleet, ports.control]) {
    await waitForPort(port, { child });
  }
  return child;
}
