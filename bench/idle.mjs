/** Ten thousand idle SuperNodes on one replica: what it costs to hold their polls. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';

import { ROOT } from '../scripts/demo/setup.mjs';
import { say } from '../scripts/demo/terminal.mjs';
import { waitUntil } from '../scripts/flower/ports.mjs';
import { cpuSeconds, peakResidentMib, residentMib } from './process-figures.mjs';
import { call, connect, makeMessage, ServerAppIoService, startServerApp } from './raw-clients.mjs';
import { spread } from './report.mjs';
import { startDatabase, startReplica } from './superlink.mjs';

const NODES = 10_000;
const LOAD_PROCESSES = 2;
const CONNECTIONS = 50;
const WINDOW_MS = 15_000;
const MESSAGES = 10;
const GOAL_MESSAGE_MS = 500;
const JOIN_LIMIT_MS = 180_000;
const FAB = join(ROOT, 'test', 'fixtures', 'fab', 'tally-app.fab');
const LOAD = join(ROOT, 'bench', 'idle-load.mjs');

// Longer than the bench: what is measured is the holding, not the asking again.
const HOLD_SECONDS = 600;
const USUAL_HOLD_SECONDS = 20;
// What a stock SuperNode sleeps after an empty answer.
const NODE_PAUSE_SECONDS = 3;

const STATEMENTS = `
select coalesce(sum(calls), 0)::int as calls from pg_stat_statements
where query not like '%pg_stat%' and query !~* '^(begin|commit)$'`;
const POLLS = `
select coalesce(sum(calls), 0)::int as calls from pg_stat_statements
where query like '%handed as (%update instruction%'`;
const CONNECTED = `
select count(*)::int as connections,
  count(*) filter (where state <> 'idle')::int as working,
  count(*) filter (where state like 'idle in transaction%')::int as in_transaction
from pg_stat_activity where application_name like 'superlink%'`;

const one = async (client, text) => (await client.query(text)).rows[0];

function startLoad({ household, databaseUrl, replica, name }) {
  const address = `127.0.0.1:${replica.ports.fleet}`;
  const env = { ...process.env, FLWR_DATABASE: databaseUrl };
  const each = [NODES / LOAD_PROCESSES, CONNECTIONS / LOAD_PROCESSES].map(String);
  return Array.from({ length: LOAD_PROCESSES }, (_, index) =>
    household.start(`load-${name}-${index + 1}`, process.execPath, [LOAD, address, ...each], {
      env,
      stage: 2,
    }),
  );
}

/** What the load said last of this kind. */
function lastEvent(child, event) {
  const line = child.lines.findLast(({ text }) => text.includes(`"event":"${event}"`));
  return line && JSON.parse(line.text);
}

/** What `WINDOW_MS` cost while nothing happened. */
async function window(client, { pid }) {
  const statements = await one(client, STATEMENTS);
  const polls = await one(client, POLLS);
  const cpu = cpuSeconds(pid);
  const beganAt = performance.now();
  await pause(WINDOW_MS);
  const seconds = (performance.now() - beganAt) / 1000;
  return {
    residentMib: residentMib(pid),
    peakMib: peakResidentMib(pid),
    cpuSecondsAMinute: ((cpuSeconds(pid) - cpu) / seconds) * 60,
    statementsASecond: ((await one(client, STATEMENTS)).calls - statements.calls) / seconds,
    pollsASecond: ((await one(client, POLLS)).calls - polls.calls) / seconds,
    ...(await one(client, CONNECTED)),
  };
}

/** Sends a message to one node of the crowd after the other: the milliseconds until each has it. */
async function latencies(replica, load) {
  const address = (api) => `127.0.0.1:${replica.ports[api]}`;
  const [control, serverAppIo] = ['control', 'serverAppIo'].map((api) => connect(address(api)));
  const { runId, headers } = await startServerApp(control, serverAppIo, readFileSync(FAB));
  const nodeIds = lastEvent(load, 'joined').nodeIds.slice(0, MESSAGES).map(BigInt);
  const push = (method, request) => call(serverAppIo, method, request, headers);
  const taken = [];
  for (const dstNodeId of nodeIds) {
    const facts = { runId, srcNodeId: 1n, dstNodeId, groupId: '1' };
    const { message, tree, objects } = makeMessage(facts, []);
    const { objectsToPush, sessionId } = await push(ServerAppIoService.pushMessages, {
      messagesList: [message],
      messageObjectTrees: [tree],
    });
    const arrived = load.waitForLine(new RegExp(`"nodeId":"${dstNodeId}","at"`));
    const sentAt = Date.now();
    for (const objectId of objectsToPush) {
      const objectContent = objects.get(objectId);
      const object = { node: { nodeId: 1n }, runId, objectId, objectContent, sessionId };
      await push(ServerAppIoService.pushObject, object);
    }
    taken.push(JSON.parse((await arrived).text).at - sentAt);
  }
  control.close();
  serverAppIo.close();
  return taken;
}

/** Lets the crowd in, holds it, sends messages to some of it. */
async function holdCrowd({ household, program, databaseUrl, client }) {
  const flags = ['--node-hold-seconds', String(HOLD_SECONDS)];
  const replica = await startReplica({ household, program, databaseUrl, name: 'replica', flags });
  const { child } = replica;
  const emptyMib = residentMib(child.pid);
  const before = { polls: (await one(client, POLLS)).calls, cpu: cpuSeconds(child.pid) };
  const loads = startLoad({ household, databaseUrl, replica, name: 'held' });
  const isHeld = async () => (await one(client, POLLS)).calls - before.polls >= NODES;
  await waitUntil(`${NODES} polls`, isHeld, { child, timeoutMs: JOIN_LIMIT_MS, pollMs: 500 });
  const pollCpuMs = ((cpuSeconds(child.pid) - before.cpu) / NODES) * 1000;
  say(`${NODES} nodes have polled`);
  const figures = { emptyMib, pollCpuMs, ...(await window(client, child)) };
  const failed = loads.reduce((sum, load) => sum + (lastEvent(load, 'counts')?.failed ?? 0), 0);
  return { ...figures, failed, messageMs: await latencies(replica, loads[0]) };
}

function tableOf(figures) {
  const { median, max } = spread(figures.messageMs);
  const pollsASecond = NODES / (USUAL_HOLD_SECONDS + NODE_PAUSE_SECONDS);
  const usual = (figures.pollCpuMs / 1000) * pollsASecond * 60;
  const perCall = ((figures.residentMib - figures.emptyMib) / NODES) * 1024;
  return [
    ['', 'figure'],
    ['RSS of the replica before, MiB', figures.emptyMib.toFixed(0)],
    ['RSS while it holds them, MiB', figures.residentMib.toFixed(0)],
    ['  of this for each poll, KiB', perCall.toFixed(1)],
    ['peak RSS, MiB', figures.peakMib.toFixed(0)],
    ['CPU seconds a minute while it holds them', figures.cpuSecondsAMinute.toFixed(1)],
    ['statements a second while it holds them', figures.statementsASecond.toFixed(1)],
    ['database connections', String(figures.connections)],
    ['  of these in a transaction', String(figures.in_transaction)],
    ['message to a held node, median ms', median.toFixed(0)],
    ['message to a held node, most ms', max.toFixed(0)],
    ['CPU of one poll (signature, statement, hold), ms', figures.pollCpuMs.toFixed(2)],
    [`hence CPU seconds a minute at holds of ${USUAL_HOLD_SECONDS} s`, usual.toFixed(1)],
  ];
}

/** See `report` for what is returned. */
export async function measure({ household, directory, program }) {
  const databaseUrl = await startDatabase({ household, directory });
  const client = new pg.Client({ connectionString: databaseUrl });
  // The database ends before this client when a signal ends the bench.
  client.on('error', () => {});
  await client.connect();
  await client.query('create extension pg_stat_statements');
  const figures = await holdCrowd({ household, program, databaseUrl, client });
  await client.end();
  const slowest = Math.max(...figures.messageMs);
  return {
    tables: [{ heading: `${NODES} idle SuperNodes on one replica`, rows: tableOf(figures) }],
    goals: [
      { holds: figures.pollsASecond === 0, text: `all ${NODES} polls were held at once` },
      { holds: figures.failed === 0, text: `${figures.failed} polls failed` },
      { holds: figures.in_transaction === 0, text: 'no held poll keeps a transaction open' },
      {
        holds: slowest <= GOAL_MESSAGE_MS,
        text: `a message reaches a held node in ${slowest} ms at most (${GOAL_MESSAGE_MS})`,
      },
    ],
    data: { figures },
  };
}
