/** The stock SuperLink, one process: what ours is compared with. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { waitForPort } from './ports.mjs';

/** 1.N is the first release that serves every API over HTTP and none over gRPC. */
const ALL_OVER_HTTP = 40;

/**
 * Starts it with the state in memory, or in the SQLite file `database`. `ports` are
 * `{ fleet, serverAppIo, control }`, from the releases on that serve HTTP only `{ http }`.
 * Resolves to its child process when it listens.
 */
export async function startStockSuperLink({ household, flower, directory, ports, database }) {
  const home = join(directory, 'stock-superlink');
  mkdirSync(home, { recursive: true });
  const { flags, listening } = addressesOf(flower.version, ports);
  const stored = database ? ['--database', database] : [];
  const args = ['--insecure', '--isolation', 'process', ...flags, ...stored];
  const child = household.start('stock-superlink', flower.bin('flower-superlink'), args, {
    env: flower.env(home),
    stage: 1,
  });
  for (const port of listening) await waitForPort(port, { child });
  return child;
}

/** Flags for the addresses, and the ports that are listened on. */
function addressesOf(version, { fleet, serverAppIo, control, http }) {
  const minor = Number(version.split('.')[1]);
  if (minor >= ALL_OVER_HTTP) {
    return { flags: ['--host', '127.0.0.1', '--port', `${http}`], listening: [http] };
  }
  const flags = [
    ...['--fleet-api-address', `127.0.0.1:${fleet}`],
    ...['--serverappio-api-address', `127.0.0.1:${serverAppIo}`],
    ...['--control-api-address', `127.0.0.1:${control}`],
  ];
  return { flags, listening: [serverAppIo, fleet, control] };
}
