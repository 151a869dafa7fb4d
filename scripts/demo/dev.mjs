/**
 * `npm run dev`: the demo's three replicas and stock clients, kept running for playing with.
 * `--flwr VERSION` takes another release than the newest.
 */
import { dirname, join } from 'node:path';

import { cliConfig } from '../flower/federation.mjs';
import { addressFor, superNodeAddresses } from '../flower/generation.mjs';
import { startCluster } from './cluster.mjs';
import { readArguments, ROOT, setUp } from './setup.mjs';
import { dim, say, title } from './terminal.mjs';
import { inWorkplace } from './workplace.mjs';

// The ports that Flower's programs expect.
const PORTS = { fleet: 9092, serverAppIo: 9091, control: 9093, http: 8000 };
const PORT_OF_ANOTHER_NODE = 9194;

function explain({ directory, cluster, tools }) {
  const { addresses, databaseUrl, replicas, federation } = cluster;
  const { version } = tools.flower;
  const anotherNode = superNodeAddresses(version, addresses, PORT_OF_ANOTHER_NODE).join(' ');
  title('For $FLWR_HOME/config.toml (by default ~/.flwr/config.toml)');
  process.stdout.write(`${cliConfig(addressFor('cli', version, addresses), 'ha')}\n`);
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
      `FLWR_HOME=$(mktemp -d) flower-supernode --insecure ${anotherNode} \\`,
      "  --node-config 'partition-id=2 num-partitions=3'",
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
  const tools = await setUp(household, readArguments().flwr);
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
