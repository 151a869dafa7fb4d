/** Our side of a measurement: a PostgreSQL of its own and so many replicas over it. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { startPostgres } from '../scripts/demo/postgres.mjs';
import { freePorts, waitForHttp } from '../scripts/flower/ports.mjs';

const PORTS = ['fleet', 'serverAppIo', 'control', 'http'];

/** So many free ports as an object with these names. */
export async function namedPorts(names) {
  const ports = await freePorts(names.length);
  return Object.fromEntries(names.map((name, index) => [name, ports[index]]));
}

/** A fresh database server that counts statements; its URL. */
export async function startDatabase({ household, directory }) {
  const [port] = await freePorts(1);
  const home = join(directory, 'postgres');
  mkdirSync(home, { recursive: true });
  const settings = ['shared_preload_libraries=pg_stat_statements'];
  return startPostgres({ household, directory: home, port, settings });
}

/** The first process of the server that `startDatabase` started in `directory`. */
export function postmasterPid(directory) {
  return parseInt(readFileSync(join(directory, 'postgres', 'data', 'postmaster.pid'), 'utf8'), 10);
}

/** `{ name, child, ports }` of a replica that serves. `flags` are added to its command line. */
export async function startReplica({ household, program, databaseUrl, name, flags = [] }) {
  const ports = await namedPorts(PORTS);
  const address = (port) => `127.0.0.1:${port}`;
  const args = [
    program,
    '--insecure',
    ...['--fleet-api-address', address(ports.fleet)],
    ...['--serverappio-api-address', address(ports.serverAppIo)],
    ...['--control-api-address', address(ports.control)],
    ...['--host', '127.0.0.1', '--port', String(ports.http)],
    ...['--log-format', 'json'],
    ...flags,
  ];
  const env = { ...process.env, FLWR_DATABASE: databaseUrl };
  const child = household.start(name, process.execPath, args, { env, stage: 1 });
  await waitForHttp(`http://127.0.0.1:${ports.http}/health/ready`, { child });
  return { name, child, ports };
}
