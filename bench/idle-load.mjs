/**
 * One process that plays many idle SuperNodes: `node idle-load.mjs ADDRESS NODES CONNECTIONS`, the
 * database in FLWR_DATABASE. Prints one JSON object a line: `joined`, then `sent`, then each
 * `message` and, every second, the counts.
 */
import { setTimeout as pause } from 'node:timers/promises';

import { makeOnlineNodes } from './online-nodes.mjs';
import { call, connect, FleetService } from './raw-clients.mjs';

// What a stock SuperNode sleeps after an empty answer.
const PAUSE_MS = 3_000;
const HEARTBEAT_SECONDS = 1800;
const COUNTS_MS = 1_000;
// Ten thousand first polls at once would measure a storm, not a calm: after so many of them one
// heartbeat is awaited, which gets its turn after them.
const JOINS_AT_ONCE = 50;
// So many ids are told, for messages to be sent to.
const NAMED = 100;

const [address, nodeCount, connectionCount] = process.argv.slice(2);
const counts = { answered: 0, failed: 0 };

const tell = (event, facts) => process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);

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

const nodes = await makeOnlineNodes(Number(nodeCount), {
  onlineSeconds: 3_600,
  heartbeatSeconds: HEARTBEAT_SECONDS,
});
tell('joined', { nodeIds: nodes.slice(0, NAMED).map(({ id }) => id.toString()) });
const clients = Array.from({ length: Number(connectionCount) }, () => connect(address));
setInterval(() => tell('counts', counts), COUNTS_MS);
for (const [index, node] of nodes.entries()) {
  const client = clients[index % clients.length];
  live(client, node);
  if (index % JOINS_AT_ONCE === 0) await beat(client, node);
}
tell('sent', {});
