/** What a call costs the server: ours over gRPC and HTTP beside the newest stock SuperLink, in turns. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../scripts/demo/setup.mjs';
import { say } from '../scripts/demo/terminal.mjs';
import { freePorts, waitForHttp } from '../scripts/flower/ports.mjs';
import { ensureFlower } from '../scripts/flower/stock-environment.mjs';
import { cpuSecondsOfTree } from './process-figures.mjs';
import {
  call,
  connect,
  FleetService,
  makeMessage,
  makeObject,
  NodeKey,
  ServerAppIoService,
  startServerApp,
} from './raw-clients.mjs';
import { spread } from './report.mjs';
import { postmasterPid, startDatabase, startReplica } from './superlink.mjs';

const STOCK = '1.42.0';
const TURNS = 3;
const AT_ONCE = 8;
const POLLS = 2_000;
const MESSAGES = 150;
const PAYLOAD_MIB = 100;
const CHUNK_MIB = 5;
const MIB = 2 ** 20;
const SERVERAPP = { nodeId: 1n };
const FAB = join(ROOT, 'test', 'fixtures', 'fab', 'tally-app.fab');

async function startStock({ household, directory }) {
  const flower = await ensureFlower({ version: STOCK, say });
  const [port] = await freePorts(1);
  const args = ['--insecure', '--isolation', 'process', '--host', '127.0.0.1', '--port', `${port}`];
  const child = household.start('stock-superlink', flower.bin('flower-superlink'), args, {
    env: flower.env(directory),
    stage: 1,
  });
  await waitForHttp(`http://127.0.0.1:${port}/health`, { child });
  return { pids: [child.pid], transport: 'http', addressOf: () => `127.0.0.1:${port}` };
}

async function startOurs({ household, directory, program, databaseUrl, postmaster }, transport) {
  const flags = ['--node-hold-seconds', '0', '--serverapp-hold-seconds', '0'];
  const name = `ours-${transport}`;
  const options = { household, directory, program, databaseUrl, name, flags };
  const { child, ports } = await startReplica(options);
  return {
    pids: [child.pid, postmaster],
    transport,
    addressOf: (api) => `127.0.0.1:${ports[transport === 'http' ? 'http' : api]}`,
  };
}

/** One run with one node, and what its two ends say to the server. */
class Stage {
  static async open(system) {
    const stage = new Stage();
    stage.system = system;
    const open = (api) => connect(system.addressOf(api), system.transport);
    stage.clients = { control: open('control'), app: open('serverAppIo'), fleet: open('fleet') };
    stage.key = new NodeKey();
    const { publicKey } = stage.key;
    stage.node = await stage.asNode(FleetService.registerNode, { publicKey });
    await stage.asNode(FleetService.activateNode, { publicKey, heartbeatInterval: 1800 });
    const { control, app } = stage.clients;
    stage.run = await startServerApp(control, app, readFileSync(FAB));
    return stage;
  }

  asNode(method, request) {
    return call(this.clients.fleet, method, request, this.key.headers());
  }

  asApp(method, request) {
    return call(this.clients.app, method, request, this.run.headers);
  }

  poll() {
    return this.asNode(FleetService.pullMessages, { node: this.node, messageIds: [] });
  }

  /** Pushes a message with objects to the node. */
  async instruct(children = []) {
    const facts = { runId: this.run.runId, srcNodeId: 1n, dstNodeId: this.node.nodeId };
    const { message, tree, objects } = makeMessage({ ...facts, groupId: '1' }, children);
    const { objectsToPush, sessionId } = await this.asApp(ServerAppIoService.pushMessages, {
      messagesList: [message],
      messageObjectTrees: [tree],
    });
    for (const objectId of objectsToPush) {
      const object = { objectId, objectContent: objects.get(objectId), sessionId };
      const request = { node: SERVERAPP, runId: this.run.runId, ...object };
      await this.asApp(ServerAppIoService.pushObject, request);
    }
    return { message, objectIds: [...objects.keys()] };
  }

  async fetch(objectIds, messageObjectId) {
    const { runId } = this.run;
    for (const objectId of objectIds) {
      await this.asNode(FleetService.pullObject, { node: this.node, runId, objectId });
    }
    const request = { node: this.node, runId, messageObjectId };
    await this.asNode(FleetService.confirmMessageReceived, request);
  }

  /** A message there and its reply back, both of one small object. */
  async roundTrip() {
    const { message, objectIds } = await this.instruct();
    const { messageId } = message.metadata;
    const pulled = await this.poll();
    if (pulled.messagesList.length !== 1) throw new Error('the node got no message');
    await this.fetch(objectIds, messageId);
    await this.reply(messageId);
    const request = { messageIds: [messageId] };
    const { messageObjectTrees } = await this.asApp(ServerAppIoService.pullMessages, request);
    const [{ objectId }] = messageObjectTrees;
    const { runId } = this.run;
    await this.asApp(ServerAppIoService.pullObject, { node: SERVERAPP, runId, objectId });
    const confirmed = { node: SERVERAPP, runId, messageObjectId: objectId };
    await this.asApp(ServerAppIoService.confirmMessageReceived, confirmed);
  }

  async reply(replyToMessageId) {
    const { runId } = this.run;
    const facts = { runId, srcNodeId: this.node.nodeId, dstNodeId: 1n, replyToMessageId };
    const { message, tree, objects } = makeMessage({ ...facts, ttl: 3000 }, []);
    const { objectsToPush, sessionId } = await this.asNode(FleetService.pushMessages, {
      node: this.node,
      messagesList: [message],
      messageObjectTrees: [tree],
      clientappRuntimeList: [1],
    });
    for (const objectId of objectsToPush) {
      const object = { objectId, objectContent: objects.get(objectId), sessionId };
      await this.asNode(FleetService.pushObject, { node: this.node, runId, ...object });
    }
  }

  close() {
    for (const client of Object.values(this.clients)) client.close();
  }
}

/** Wall time and CPU of the server, its database included, while `act` runs. */
async function cost({ pids }, act) {
  const cpu = () => pids.reduce((sum, pid) => sum + cpuSecondsOfTree(pid), 0);
  const began = { at: performance.now(), cpu: cpu() };
  await act();
  return { seconds: (performance.now() - began.at) / 1000, cpuSeconds: cpu() - began.cpu };
}

async function pollMany(stage) {
  let left = POLLS;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await stage.poll();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function play(system) {
  const stage = await Stage.open(system);
  const polls = await cost(system, () => pollMany(stage));
  const messages = await cost(system, async () => {
    for (let count = 0; count < MESSAGES; count += 1) await stage.roundTrip();
  });
  const chunks = Array.from({ length: PAYLOAD_MIB / CHUNK_MIB }, () =>
    makeObject('ArrayChunk', [], randomBytes(CHUNK_MIB * MIB)),
  );
  let sent;
  const push = await cost(system, async () => {
    sent = await stage.instruct(chunks);
  });
  await stage.poll();
  const pull = await cost(system, () =>
    stage.fetch(sent.objectIds, sent.message.metadata.messageId),
  );
  stage.close();
  return {
    pollCpuMs: (polls.cpuSeconds / POLLS) * 1000,
    messageCpuMs: (messages.cpuSeconds / MESSAGES) * 1000,
    messageMs: (messages.seconds / MESSAGES) * 1000,
    pushMibPerSecond: PAYLOAD_MIB / push.seconds,
    pushCpuSecondsPerGib: (push.cpuSeconds / PAYLOAD_MIB) * 1024,
    pullMibPerSecond: PAYLOAD_MIB / pull.seconds,
    pullCpuSecondsPerGib: (pull.cpuSeconds / PAYLOAD_MIB) * 1024,
  };
}

const LABELS = {
  pollCpuMs: 'CPU of an empty poll, ms',
  messageCpuMs: 'CPU of a small message and its reply (10 calls), ms',
  messageMs: 'the same, wall time, ms',
  pushMibPerSecond: 'objects of 5 MiB pushed, MiB/s',
  pushCpuSecondsPerGib: '  CPU seconds a GiB',
  pullMibPerSecond: 'objects of 5 MiB pulled, MiB/s',
  pullCpuSecondsPerGib: '  CPU seconds a GiB',
};

function tableOf(names, turns) {
  const median = (name, figure) =>
    spread(turns.filter(({ system }) => system === name).map((turn) => turn[figure])).median;
  return [
    ['median of the turns', ...names],
    ...Object.entries(LABELS).map(([figure, label]) => [
      label,
      ...names.map((name) => median(name, figure).toFixed(2)),
    ]),
  ];
}

/** See `report` for what is returned. CPU is that of the server process and, for ours, of PostgreSQL. */
export async function measure({ household, directory, program }) {
  const databaseUrl = await startDatabase({ household, directory });
  const postmaster = postmasterPid(directory);
  const options = { household, directory, program, databaseUrl, postmaster };
  const systems = {
    [`stock ${STOCK}, HTTP`]: await startStock(options),
    'ours, HTTP': await startOurs(options, 'http'),
    'ours, gRPC': await startOurs(options, 'grpc'),
  };
  const names = Object.keys(systems);
  for (const name of names) await play(systems[name]); // to warm up
  const turns = [];
  for (let turn = 1; turn <= TURNS; turn += 1) {
    for (const system of names) turns.push({ system, ...(await play(systems[system])) });
    say(`turn ${turn} of ${TURNS}`);
  }
  return {
    tables: [{ heading: 'What a call costs', rows: tableOf(names, turns) }],
    goals: [],
    data: { turns },
  };
}
