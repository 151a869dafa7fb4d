/** Everything the demo runs: database, replicas, balancer, and a federation of stock programs. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { Federation } from '../flower/federation.mjs';
import { addressesOf, freePorts, waitForHttp } from '../flower/ports.mjs';
import { APIS, startBalancer } from './balancer.mjs';
import { startPostgres } from './postgres.mjs';
import { say } from './terminal.mjs';

const REPLICAS = 3;
const NODES = 2;

async function namedPorts(names) {
  const ports = await freePorts(names.length);
  return Object.fromEntries(names.map((name, index) => [name, ports[index]]));
}

function startReplica({ household, program, databaseUrl, name, ports }) {
  const address = (port) => `127.0.0.1:${port}`;
  const args = [
    program,
    '--insecure',
    ...['--fleet-api-address', address(ports.fleet)],
    ...['--serverappio-api-address', address(ports.serverAppIo)],
    ...['--control-api-address', address(ports.control)],
    ...['--host', '127.0.0.1', '--port', String(ports.http)],
    // At this level there is a line for every call: who served what is counted from them.
    ...['--log-format', 'json', '--log-level', 'debug'],
  ];
  // Not a flag: the address with its password would show in the list of processes.
  const env = { ...process.env, FLWR_DATABASE: databaseUrl };
  const child = household.start(name, process.execPath, args, { env, stage: 1 });
  return { name, child, ports };
}

async function startReplicas(options) {
  const replicas = [];
  for (let number = 1; number <= REPLICAS; number += 1) {
    const ports = await namedPorts(APIS);
    replicas.push(startReplica({ ...options, name: `replica-${number}`, ports }));
  }
  await Promise.all(
    replicas.map(({ ports, child }) =>
      waitForHttp(`http://127.0.0.1:${ports.http}/health/ready`, { child }),
    ),
  );
  return replicas;
}

/**
 * Starts all of it. `ports` are the balancer's, any free ones if absent. Returns
 * `{ databaseUrl, replicas, federation, clients, programs, addresses }`, `programs` being all that
 * have to live until `household` ends them.
 */
export async function startCluster({ household, directory, program, flower, caddy, ports }) {
  const [databasePort, ...nodePorts] = await freePorts(1 + NODES);
  const databaseDirectory = join(directory, 'postgres');
  mkdirSync(databaseDirectory, { recursive: true });
  const databaseUrl = await startPostgres({
    household,
    directory: databaseDirectory,
    port: databasePort,
  });
  say(`PostgreSQL on port ${databasePort}`);
  const replicas = await startReplicas({ household, program, databaseUrl });
  for (const { name, child, ports: own } of replicas) {
    say(`${name} ready (process ${child.pid}, ports ${Object.values(own).join(' ')})`);
  }
  const balancerPorts = { ...(await namedPorts([...APIS, 'health'])), ...ports };
  const balancer = await startBalancer({
    household,
    caddy,
    directory: join(directory, 'caddy'),
    ports: balancerPorts,
    replicas,
  });
  const addresses = addressesOf(balancerPorts);
  say(`Caddy: Fleet ${addresses.fleet}, ServerAppIo ${addresses.serverAppIo}`);
  say(`       Control ${addresses.control}, HTTP ${addresses.http}, each call to the next replica`);
  const federation = new Federation({ household, flower, addresses, directory });
  federation.startSuperExec();
  nodePorts.forEach((port, partition) => federation.startSuperNode(partition, NODES, port));
  const nodeIds = await Promise.all(federation.nodes.map((node) => federation.nodeId(node)));
  nodeIds.forEach((id, index) => say(`stock SuperNode ${index + 1} registered as ${id}`));
  const clients = [federation.superExec, ...federation.nodes];
  const programs = [...clients, balancer, ...replicas.map(({ child }) => child)];
  return { databaseUrl, replicas, federation, clients, programs, addresses };
}
