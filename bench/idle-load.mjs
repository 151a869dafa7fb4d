/**
 * One process that plays many idle SuperNodes: `node idle-load.mjs ADDRESS NODES CONNECTIONS`, the
 * database in FLWR_DATABASE. Prints one JSON object a line: `joined`, then `sent`, then each
 * `message` and, every second, the counts.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';

import { call, connect, FleetService, NodeKey } from './raw-clients.mjs';

// What a stock SuperNode sleeps after an empty answer.
const PAUSE_MS = 3_000;
const HEARTBEAT_SECONDS = 1800;
const COUNTS_MS = 1_000;
// Ten thousand first polls at once would measure a storm, not a calm: after so many of them one
// heartbeat is awaited, which gets its turn after them.
const JOINS_AT_ONCE = 50;
// So many ids are told, for messages to be sent to.
const NAMED = 100;

// Registering ten thousand nodes by their RPCs would measure something else.
const INSERT_NODES = `
insert into node (node_id, public_key, owner_aid, owner_name, self_registered, last_activated_at,
  online_until, heartbeat_interval)
select t.id, t.key, '<id:none>', 'none', true, now(), now() + interval '1 hour', 1800
from unnest($1::bigint[], $2::bytea[]) as t(id, key)`;

const [address, nodeCount, connectionCount] = process.argv.slice(2);
const counts = { answered: 0, failed: 0 };

const tell = (event, facts) => process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);

function makeNode() {
  const id = randomBytes(8).readBigUInt64BE();
  return { id, key: new NodeKey() };
}

async function insert(nodes) {
  const client = new pg.Client({ connectionString: process.env.FLWR_DATABASE });
  await client.connect();
  const ids = nodes.map(({ id }) => BigInt.asIntN(64, id).toString());
  await client.query(INSERT_NODES, [ids, nodes.map(({ key }) => key.publicKey)]);
  await client.end();
}

async function poll(client, { id, key }) {
  const request = { node: { nodeId: id }, messageIds: [] };
  const { messagesList } = await call(client, FleetService.pullMessages, request, key.headers());
  counts.answered += 1;
  if (messagesList.length === 0) return;
  tell('message', { nodeId: id.toString(), at: Date.now() });
}

function beat(client, { id, key }) {
  const request = { node: { nodeId: id }, heartbeatInterval: HEARTBEAT_SECONDS };
  return call(client, FleetService.sendNodeHeartbeat, request, key.headers());
}

async function live(client, node) {
  for (;;) {
    await poll(client, node).catch((error) => {
      counts.failed += 1;
      counts.lastFailure = error.message;
    });
    await pause(PAUSE_MS);
  }
}

const nodes = Array.from({ length: Number(nodeCount) }, makeNode);
await insert(nodes);
tell('joined', { nodeIds: nodes.slice(0, NAMED).map(({ id }) => id.toString()) });
const clients = Array.from({ length: Number(connectionCount) }, () => connect(address));
setInterval(() => tell('counts', counts), COUNTS_MS);
for (const [index, node] of nodes.entries()) {
  const client = clients[index % clients.length];
  live(client, node);
  if (index % JOINS_AT_ONCE === 0) await beat(client, node);
}
tell('sent', {});
