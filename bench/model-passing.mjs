/** A model to so many nodes and one back from each, through one replica, with bare clients. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../scripts/demo/setup.mjs';
import { say } from '../scripts/demo/terminal.mjs';
import { cpuSeconds, peakResidentMib, residentMib } from './process-figures.mjs';
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

const MIB = 2 ** 20;
// How stock clients cut arrays, and how many objects they move at once.
const CHUNK_MIB = 5;
const AT_ONCE = 2;
const HEARTBEAT_SECONDS = 30;
const NODE_HEARTBEAT_MS = 20_000;
const TASK_HEARTBEAT_MS = 20_000;
const SERVERAPP = { nodeId: 1n };
const FAB = join(ROOT, 'test', 'fixtures', 'fab', 'tally-app.fab');

const makeModel = (mebibytes) =>
  Array.from({ length: mebibytes / CHUNK_MIB }, () =>
    makeObject('ArrayChunk', [], randomBytes(CHUNK_MIB * MIB)),
  );

/** Does `act` to each item, `AT_ONCE` at the same time. */
async function forEachOf(items, act) {
  const left = [...items];
  const work = async () => {
    while (left.length > 0) await act(left.shift());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

const idsOf = ({ objectId, children }) => [...children.flatMap(idsOf), objectId];

/** Content under an id that is not its own would be a lost model. */
function check(objectId, { objectAvailable, objectContent }) {
  const hash = createHash('sha256').update(objectContent).digest('hex');
  if (!objectAvailable || hash !== objectId) throw new Error(`object ${objectId} is not there`);
}

class BenchNode {
  constructor(address, { transport, mebibytes }) {
    this.key = new NodeKey();
    this.client = connect(address, transport);
    this.mebibytes = mebibytes;
  }

  call(method, request) {
    return call(this.client, method, request, this.key.headers());
  }

  async join() {
    const { publicKey } = this.key;
    this.node = await this.call(FleetService.registerNode, { publicKey });
    const heartbeatInterval = HEARTBEAT_SECONDS;
    await this.call(FleetService.activateNode, { publicKey, heartbeatInterval });
    // What fails here shows in the calls that matter.
    const beat = () =>
      this.call(FleetService.sendNodeHeartbeat, { node: this.node, heartbeatInterval }).catch(
        () => {},
      );
    this.heartbeat = setInterval(beat, NODE_HEARTBEAT_MS);
  }

  leave() {
    clearInterval(this.heartbeat);
    this.client.close();
  }

  async receive() {
    const { node } = this;
    const pulled = await this.call(FleetService.pullMessages, { node, messageIds: [] });
    const { runId, messageId } = pulled.messagesList[0].metadata;
    await forEachOf(idsOf(pulled.messageObjectTrees[0]), async (objectId) => {
      check(objectId, await this.call(FleetService.pullObject, { node, runId, objectId }));
    });
    const request = { node, runId, messageObjectId: messageId };
    await this.call(FleetService.confirmMessageReceived, request);
    return pulled.messagesList[0].metadata;
  }

  async reply({ runId, messageId }) {
    const { node } = this;
    const metadata = {
      runId,
      srcNodeId: node.nodeId,
      dstNodeId: 1n,
      replyToMessageId: messageId,
      ttl: 3000,
    };
    const { message, tree, objects } = makeMessage(metadata, makeModel(this.mebibytes));
    const { objectsToPush, sessionId } = await this.call(FleetService.pushMessages, {
      node,
      messagesList: [message],
      messageObjectTrees: [tree],
      clientappRuntimeList: [1],
    });
    await forEachOf(objectsToPush, async (objectId) => {
      const objectContent = objects.get(objectId);
      const request = { node, runId, objectId, objectContent, sessionId };
      const { stored } = await this.call(FleetService.pushObject, request);
      if (!stored) throw new Error(`object ${objectId} was not stored`);
    });
  }
}

class BenchServerApp {
  constructor(client, { runId, headers }) {
    Object.assign(this, { client, runId, headers });
    // What fails here shows in the calls that matter.
    const beat = () => this.call(ServerAppIoService.sendTaskHeartbeat, {}).catch(() => {});
    this.heartbeat = setInterval(beat, TASK_HEARTBEAT_MS);
  }

  stop() {
    clearInterval(this.heartbeat);
  }

  call(method, request) {
    return call(this.client, method, request, this.headers);
  }

  async send(nodeIds, mebibytes) {
    const model = makeModel(mebibytes);
    const { runId } = this;
    const metadata = (dstNodeId) => ({ runId, srcNodeId: 1n, dstNodeId, groupId: '1' });
    const messages = nodeIds.map((nodeId) => makeMessage(metadata(nodeId), model));
    const { messageIds, objectsToPush, sessionId } = await this.call(
      ServerAppIoService.pushMessages,
      {
        messagesList: messages.map(({ message }) => message),
        messageObjectTrees: messages.map(({ tree }) => tree),
      },
    );
    const contents = new Map(messages.flatMap(({ objects }) => [...objects]));
    await forEachOf(objectsToPush, async (objectId) => {
      const objectContent = contents.get(objectId);
      const request = { node: SERVERAPP, runId, objectId, objectContent, sessionId };
      const { stored } = await this.call(ServerAppIoService.pushObject, request);
      if (!stored) throw new Error(`object ${objectId} was not stored`);
    });
    return messageIds;
  }

  async receive(messageIds) {
    const { runId } = this;
    const waiting = new Set(messageIds);
    while (waiting.size > 0) {
      const request = { messageIds: [...waiting] };
      const pulled = await this.call(ServerAppIoService.pullMessages, request);
      for (const [index, { metadata }] of pulled.messagesList.entries()) {
        waiting.delete(metadata.replyToMessageId);
        const tree = pulled.messageObjectTrees[index];
        await forEachOf(idsOf(tree), async (objectId) => {
          const request = { node: SERVERAPP, runId, objectId };
          check(objectId, await this.call(ServerAppIoService.pullObject, request));
        });
        const confirmed = { node: SERVERAPP, runId, messageObjectId: tree.objectId };
        await this.call(ServerAppIoService.confirmMessageReceived, confirmed);
      }
    }
  }
}

/** Runs one phase and notes its time, throughput, CPU and memory. */
async function phase(name, mebibytes, replica, act) {
  const { pid } = replica.child;
  const began = { at: performance.now(), cpu: cpuSeconds(pid) };
  const answer = await act();
  const seconds = (performance.now() - began.at) / 1000;
  const figures = {
    name,
    mebibytes,
    seconds,
    mibPerSecond: mebibytes / seconds,
    cpuSeconds: cpuSeconds(pid) - began.cpu,
    residentMib: residentMib(pid),
    peakMib: peakResidentMib(pid),
  };
  say(`${name}: ${figures.mibPerSecond.toFixed(0)} MiB/s, peak ${figures.peakMib.toFixed(0)} MiB`);
  return { answer, figures };
}

/**
 * The figures of each phase: a model of `mebibytes` to `nodes` nodes of one replica, and one from each of them back, all
 * over `transport`. Rejects if any object does not arrive byte by byte.
 */
export async function passModel(replica, { nodes: nodeCount, mebibytes, transport = 'grpc' }) {
  const address = (api) => `127.0.0.1:${replica.ports[transport === 'http' ? 'http' : api]}`;
  const [control, serverAppIo] = ['control', 'serverAppIo'].map((api) =>
    connect(address(api), transport),
  );
  const nodes = Array.from(
    { length: nodeCount },
    () => new BenchNode(address('fleet'), { transport, mebibytes }),
  );
  for (const node of nodes) await node.join();
  const started = await startServerApp(control, serverAppIo, readFileSync(FAB));
  const app = new BenchServerApp(serverAppIo, started);
  const ids = nodes.map(({ node }) => node.nodeId);
  const all = nodeCount * mebibytes;
  const sent = await phase('ServerApp pushes', mebibytes, replica, () => app.send(ids, mebibytes));
  const got = await phase(`${nodeCount} nodes pull`, all, replica, () =>
    Promise.all(nodes.map((node) => node.receive())),
  );
  const pushed = await phase(`${nodeCount} nodes push`, all, replica, () =>
    Promise.all(nodes.map((node, index) => node.reply(got.answer[index]))),
  );
  const back = await phase('ServerApp pulls', all, replica, () => app.receive(sent.answer));
  app.stop();
  for (const node of nodes) node.leave();
  for (const client of [control, serverAppIo]) client.close();
  return [sent, got, pushed, back].map(({ figures }) => figures);
}

/** Figures of phases as rows of a table. */
export function phaseRows(phases) {
  const heading = ['phase', 'MiB', 'MiB/s', 'CPU s', 'RSS MiB', 'peak MiB'];
  const rows = phases.map((each) => [
    each.name,
    ...[each.mebibytes, each.mibPerSecond, each.cpuSeconds, each.residentMib, each.peakMib].map(
      (figure, column) => figure.toFixed(column === 2 ? 1 : 0),
    ),
  ]);
  return [heading, ...rows];
}
