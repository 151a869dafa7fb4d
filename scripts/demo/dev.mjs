/** `npm run dev`: the demo's three replicas and stock clients, kept running for playing with. */
import { dirname, join } from 'node:path';

import { cliConfig } from '../flower/federation.mjs';
import { startCluster } from './cluster.mjs';
import { ROOT, setUp } from './setup.mjs';
import { dim, say, title } from './terminal.mjs';
import { inWorkplace } from './workplace.mjs';

// The ports that Flower's programs expect.
const PORTS = { fleet: 9092, serverAppIo: 9091, control: 9093 };

function explain({ directory, cluster, tools }) {
  const { addresses, databaseUrl, replicas, federation } = cluster;
  title('For $FLWR_HOME/config.toml (by default ~/.flwr/config.toml)');
  process.stdout.write(`${cliConfig(addresses.control, 'ha')}\n`);
  title('Or with the one made for this session');
  process.stdout.write(
    [
      // SuperNodes start their helpers by name.
      `export PATH=${dirname(tools.flower.bin('flwr'))}:$PATH`,
      `export FLWR_HOME=${federation.cliHome}`,
      `flwr run ${join(ROOT, 'examples', 'digits')} --stream`,
      'flwr ls',
      '',
      dim('# kill a replica at any moment'),
      ...replicas.map(({ name, child }) => `kill -9 ${child.pid}   ${dim(`# ${name}`)}`),
      '',
      dim('# another SuperNode'),
      `FLWR_HOME=$(mktemp -d) flower-supernode --insecure --superlink ${addresses.fleet} \\`,
      "  --clientappio-api-address 127.0.0.1:9194 --node-config 'partition-id=2 num-partitions=3'",
      '',
      dim('# the database'),
      `psql ${databaseUrl}`,
      '',
      dim(`# logs: ${join(directory, 'logs')}`),
      '',
    ].join('\n'),
  );
}

async function dev({ household, directory }) {
  title('Set-up');
  const tools = await setUp(household);
  title('Three replicas over one PostgreSQL');
  const cluster = await startCluster({ household, directory, ...tools, ports: PORTS });
  explain({ directory, cluster, tools });
  for (const { name, child } of cluster.replicas) {
    child.exited.then(({ code, signal }) => {
      if (!household.isStopping) say(`${name} ended (${signal ?? code})`);
    });
  }
  say('Ctrl-C ends everything');
  await household.stopped;
  return true;
}

await inWorkplace('superlink-dev', dev);
