/**
 * One process that plays SuperNodes which ask for more than there is: `node overload-load.mjs MODE ADDRESS NODES …`, the
 * database in FLWR_DATABASE. Prints `ready`, begins at SIGUSR2, and prints `done` with its counts.
 *
 * - `callers ADDRESS NODES CALLERS SECONDS`: so many calls at once, each after the one before, over gRPC
 * - `offered ADDRESS NODES RATE SECONDS`: so many calls a second whatever becomes of them, over gRPC
 * - `waiting ADDRESS NODES SECONDS`: all nodes ask for work every three seconds as stock ones do, over gRPC; counted once
 *   each has been seen
 * - `storm ADDRESS NODES`: all nodes were there, lost their connections, and come back within one second, over HTTP and a
 *   connection each, until each was served
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

import { makeOnlineNodes } from './online-nodes.mjs';
import { LATE, prepareCall, PreparedClient } from './prepared-calls.mjs';
import { call, connect, FleetService } from './raw-clients.mjs';

const CONNECTIONS = 10;
const TICK_MS = 10;
const HEARTBEAT_SECONDS = 30;
// One of so many calls is a heartbeat, as of nodes that wait for work.
const CALLS_A_HEARTBEAT = 10;
// Stock SuperNodes pause so long between two questions.
const POLL_EVERY_MS = 3_000;
const WARM_UP_MS = 10_000;
const COMING_AT_ONCE = 4;
const STORM_MS = 1_000;
const STORM_HEARTBEATS_MS = 25_000;
// As stock clients: 1 s, 2 s, 4 s, …, each shortened at random.
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 20_000;
// Stock clients give a heartbeat so long, and any other call.
const HEARTBEAT_PATIENCE_MS = 5_000;
const PATIENCE_MS = 30_000;

const LONGEST_WAIT_MS = 120_000;

const [mode, address, nodeCount, amount, seconds] = process.argv.slice(2);
const counts = { served: 0, refused: 0, failed: 0, lastFailure: '', heartbeatMs: [] };

const tell = (event, facts) => process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);

/** Signed once: else the signing would take the cores from who is measured. Good for five minutes. */
function sign(node) {
  node.headers = node.key.headers();
}

const pollRequest = ({ id }) => ({ node: { nodeId: id }, messageIds: [] });
const beatRequest = ({ id }) => ({ node: { nodeId: id }, heartbeatInterval: HEARTBEAT_SECONDS });

const poll = (client, node) =>
  call(client, FleetService.pullMessages, pollRequest(node), node.headers);
const beat = (client, node) =>
  timed(call(client, FleetService.sendNodeHeartbeat, beatRequest(node), node.headers));

async function timed(heartbeat) {
  const beganAt = performance.now();
  await heartbeat;
  counts.heartbeatMs.push(Math.round(performance.now() - beganAt));
}

const isRefusal = ({ message, code }) => code === 14 || /: 503 /.test(message);

function note(error) {
  if (isRefusal(error)) counts.refused += 1;
  else {
    counts.failed += 1;
    counts.lastFailure = error.message;
  }
}

/** Stock clients take a connection that was cut for a refusal. */
function noteLoss(error) {
  if (/ECONN/.test(error.message)) counts.refused += 1;
  else note(error);
}

let turn = 0;
async function oneCall(clients, nodes) {
  turn += 1;
  const client = clients[turn % clients.length];
  const node = nodes[turn % nodes.length];
  const send = turn % CALLS_A_HEARTBEAT === 0 ? beat : poll;
  await send(client, node).then(() => (counts.served += 1), note);
}

async function callers(clients, nodes) {
  const end = performance.now() + seconds * 1000;
  const one = async () => {
    while (performance.now() < end) await oneCall(clients, nodes);
  };
  await Promise.all(Array.from({ length: Number(amount) }, one));
}

async function offered(clients, nodes) {
  const beganAt = performance.now();
  const running = new Set();
  let sent = 0;
  for (let passed = 0; passed < seconds * 1000; passed = performance.now() - beganAt) {
    for (; sent < (passed / 1000) * amount; sent += 1) {
      const sending = oneCall(clients, nodes).finally(() => running.delete(sending));
      running.add(sending);
    }
    await pause(TICK_MS);
  }
  const servedInTime = counts.served;
  await Promise.all(running);
  counts.sent = sent;
  counts.servedInTime = servedInTime;
}

/** Makes attempts until one is answered or it is over; `noteFailure` is told what the others ended with. */
async function untilAnswered(attempt, noteFailure, isOver = () => false) {
  for (
    let backoff = FIRST_BACKOFF_MS;
    !isOver();
    backoff = Math.min(backoff * 2, LONGEST_BACKOFF_MS)
  ) {
    try {
      await attempt();
      return;
    } catch (error) {
      noteFailure(error);
      await pause(Math.random() * backoff);
    }
  }
}

/** A node that waits for work: asks, as often as it takes until it is answered, pauses and asks again. */
async function waitForWork({ client, node, place }, { isOver, noteServed }) {
  await pause(Math.random() * POLL_EVERY_MS);
  for (let turn = place; !isOver(); turn += 1) {
    const send = turn % CALLS_A_HEARTBEAT === 0 ? beat : poll;
    await untilAnswered(() => send(client, node).then(noteServed), note, isOver);
    await pause(POLL_EVERY_MS);
  }
}

async function waiting(clients, nodes) {
  const countedFrom = performance.now() + WARM_UP_MS;
  const end = countedFrom + amount * 1000;
  const isOver = () => performance.now() >= end;
  const noteServed = () => {
    counts.served += 1;
    if (performance.now() >= countedFrom && !isOver()) counts.servedInTime += 1;
  };
  counts.servedInTime = 0;
  const waits = nodes.map((node, place) =>
    waitForWork({ client: clients[place % clients.length], node, place }, { isOver, noteServed }),
  );
  await Promise.all(waits);
}

/** Has all nodes be there, with an answer to a heartbeat each, and then lose their connections. */
async function comeAndLoseConnection(clients) {
  const coming = clients.values();
  const comeInTurn = async () => {
    for (const { client, beat } of coming) {
      await client.send(beat, PATIENCE_MS);
      client.close();
    }
  };
  await Promise.all(Array.from({ length: COMING_AT_ONCE }, comeInTurn));
}

/** Until it was served: the milliseconds since the beginning of the storm. */
async function comeBack({ client, poll }, beganAt) {
  await pause(Math.random() * STORM_MS);
  await untilAnswered(() => client.send(poll, PATIENCE_MS), noteLoss);
  counts.served += 1;
  return performance.now() - beganAt;
}

function noteLostHeartbeat(error) {
  if (error.message === LATE) counts.lostHeartbeats = (counts.lostHeartbeats ?? 0) + 1;
  else noteLoss(error);
}

/** Its thread for heartbeats has a moment of its own, and sends again what was not answered in time. */
async function beatOnce({ client, beat }) {
  await pause(Math.random() * STORM_HEARTBEATS_MS);
  await untilAnswered(() => timed(client.send(beat, HEARTBEAT_PATIENCE_MS)), noteLostHeartbeat);
}

/** A client with its two calls; to make them takes time, and it is the server that is measured. */
const prepare = (node) => ({
  client: new PreparedClient(address),
  poll: prepareCall(FleetService.pullMessages, pollRequest(node), node.headers),
  beat: prepareCall(FleetService.sendNodeHeartbeat, beatRequest(node), node.headers),
});

async function storm(clients) {
  const beganAt = performance.now();
  const beats = clients.map(beatOnce);
  counts.takenMs = await Promise.all(clients.map((client) => comeBack(client, beganAt)));
  await Promise.all(beats);
}

const nodes = await makeOnlineNodes(Number(nodeCount), {
  onlineSeconds: 600,
  heartbeatSeconds: HEARTBEAT_SECONDS,
});
nodes.forEach(sign);
const storming = mode === 'storm' ? nodes.map(prepare) : [];
await comeAndLoseConnection(storming);
const begun = once(process, 'SIGUSR2');
tell('ready', {});
await Promise.race([begun, pause(LONGEST_WAIT_MS)]);
if (mode === 'storm') {
  await storm(storming);
} else {
  const clients = Array.from({ length: CONNECTIONS }, () => connect(address));
  await { callers, offered, waiting }[mode](clients, nodes);
}
tell('done', counts);
process.exit(0);
