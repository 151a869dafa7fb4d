import { once } from 'node:events';
import { createServer } from 'node:net';

import { type Address, addressOfReplica, formatAddress } from '../config/address';
import type { Config } from '../config/config';
import { flagOf, type SettingKey } from '../config/settings';
import { StartFailure } from './start-failure';

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use already. Stop the program that has it, or choose another',
  EACCES: 'may not be opened by this user. Choose a port above 1023',
  EADDRNOTAVAIL: 'is not an address of this machine. Choose another',
  ENOTFOUND: 'has a host name that is not known. Choose another',
  EAI_AGAIN: 'has a host name that cannot be looked up now. Choose another',
};

/**
 * Opens and closes every port once before the long part of the start, so that the message can name the flag: the
 * servers themselves only know the address. Throws StartFailure.
 */
export async function checkPorts({
  listen,
  replicas,
}: Pick<Config, 'listen' | 'replicas'>): Promise<void> {
  await checkPort('fleetApiAddress', listen.fleet);
  await checkPort('serverappioApiAddress', listen.serverAppIo);
  await checkPort('controlApiAddress', listen.control);
  await checkPort('port', listen.http);
  await checkPort('healthServerAddress', listen.health);
  for (let number = 1; number <= replicas && listen.metrics !== undefined; number += 1) {
    await checkPort('metricsAddress', addressOfReplica(listen.metrics, number));
  }
}

async function checkPort(key: SettingKey, address: Address | undefined): Promise<void> {
  if (address === undefined) return;
  const server = createServer();
  try {
    server.listen({ host: address.host, port: address.port, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const advice = ADVICE[code] ?? `cannot be opened (${code}). Choose another`;
    throw new StartFailure(`${formatAddress(address)} ${advice} with ${flagOf(key)}.`);
  }
  await new Promise((resolve) => server.close(resolve));
}
