import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';

import { Client } from 'pg';

import { FleetService } from '../../src/generated/flwr/proto/fleet';
import { useCluster } from '../support/cluster';
import { httpForm } from '../support/http-client';
import { METRICS_FLAGS, metricsUrlOf, scrape } from '../support/metrics';
import { NodeActor } from '../support/node-actor';
import { makeInstruction, makeReply } from '../support/objects';
import { outcomeOf } from '../support/rpc-clients';
import { TaskActor } from '../support/task-actor';

const NODES = 6;
const PULLS_OF_EACH = 40;
const HEARTBEAT_SECONDS = 10;
/** Stock SuperNodes wait for 5 s for the answer to a heartbeat. */
const HEARTBEAT_PATIENCE_MILLISECONDS = 5_000;
const SOON = { timeout: 20_000, interval: 50 };
const HURRIED = 20;
/** So many connections at once that a replica needs a while to accept them. */
const CROWD = 150;
const MEBIBYTE = 1024 * 1024;

interface Asked {
  readonly path: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

describe('more calls than the database can take', () => {
  // four connections: sixteen calls in work, and one connection for what is urgent
  const cluster = useCluster({ count: 1, flags: [...METRICS_FLAGS, '--pool-size', '4'] });
  const metric = async (name: string, labels: Record<string, string> = {}): Promise<number> =>
    (await scrape(metricsUrlOf(cluster.replicas[0]!))).value(name, labels) ?? 0;

  it('are told to come again, while heartbeats and confirmations are heard and no node goes offline', async () => {
    const nodes = await Promise.all(
      Array.from({ length: NODES }, () => NodeActor.online(cluster.clients)),
    );
    const confirmations = await confirmationsBy(nodes);
    const lock = new Client({ connectionString: cluster.database.url });
    await lock.connect();
    await lock.query('begin; lock table run_traffic_entry in access exclusive mode'); // pulls write it
    const pulls = nodes.flatMap((node) =>
      Array.from({ length: PULLS_OF_EACH }, () => outcomeOf(node.pull())),
    );
    await expect.poll(() => metric('calls_waiting', { urgency: 'last' }), SOON).toBeGreaterThan(0);
    expect(await metric('calls_in_work')).toBe(16);

    const asked = performance.now();
    const beats = Promise.all(nodes.map((node) => node.heartbeat(HEARTBEAT_SECONDS)));
    const confirmed = Promise.all(confirmations.map((confirm) => confirm()));
    // before the first of the pulls gives its place to another
    await expect(Promise.race([confirmed, ...pulls])).resolves.toEqual(['OK', 'OK']);
    expect(await beats).toEqual(nodes.map(() => true));
    expect(performance.now() - asked).toBeLessThan(HEARTBEAT_PATIENCE_MILLISECONDS);
    const unconfirmed = 'select count(*) from instruction where confirmed_at is null';
    expect(await cluster.count(unconfirmed)).toBe(0);
    expect(await cluster.count('select count(*) from reply')).toBe(0); // it goes when it is confirmed
    expect(await cluster.replicas[0]!.readiness()).toBe(200);
    const offline = `select count(*) from node where online_until < now() + interval '10 seconds'`;
    expect(await cluster.count(offline)).toBe(0);

    expect(new Set(await Promise.all(pulls))).toEqual(new Set(['UNAVAILABLE']));
    expect(
      await metric('admission_refusals_total', { urgency: 'last', why: 'late' }),
    ).toBeGreaterThan(0);
    expect(await metric('admission_refusals_total', { urgency: 'first' })).toBe(0);
    await lock.query('rollback');
    await lock.end();
    expect(await Promise.all(nodes.map((node) => outcomeOf(node.pull())))).toEqual(
      nodes.map(() => 'OK'),
    );
    expect(await metric('calls_in_work')).toBe(0);
  });

  it('give their places back when their clients go', async () => {
    const node = await NodeActor.online(cluster.clients);
    const lock = new Client({ connectionString: cluster.database.url });
    await lock.connect();
    await lock.query('begin; lock table instruction in access exclusive mode');
    const pulls = Array.from({ length: PULLS_OF_EACH }, () =>
      cluster.clients.start(
        FleetService.pullMessages,
        { node: node.requests.node, messageIds: [] },
        node.headers(),
      ),
    );
    const outcomes = Promise.all(pulls.map(({ answer }) => outcomeOf(answer)));
    await expect.poll(() => metric('calls_waiting'), SOON).toBe(PULLS_OF_EACH - 16);
    for (const pull of pulls) pull.cancel();
    await expect.poll(() => metric('calls_waiting'), SOON).toBe(0);
    expect(new Set(await outcomes)).toEqual(new Set(['CANCELLED']));
    await lock.query('rollback');
    await lock.end();
    await expect.poll(() => metric('calls_in_work'), SOON).toBe(0);
    expect(await outcomeOf(node.pull())).toBe('OK');
  });

  it('are left alone when their clients went before they were read', async () => {
    const [replica] = cluster.replicas;
    const gone = { urgency: 'last', why: 'gone' };
    const before = await metric('admission_refusals_total', gone);
    const pulls = { service: 'Fleet', method: 'PullMessages' };
    const served = await metric('rpc_calls_total', pulls);
    replica!.pause();
    await Promise.all(Array.from({ length: HURRIED }, leaveAtOnce));
    replica!.resume();
    const left = async (): Promise<number> =>
      (await metric('admission_refusals_total', gone)) - before;
    await expect.poll(left, SOON).toBe(HURRIED);
    expect(await metric('rpc_calls_total', pulls)).toBe(served);
  });

  it('let heartbeats pass that come after all of them, on new connections', async () => {
    const [replica] = cluster.replicas;
    const nodes = await Promise.all(
      Array.from({ length: NODES }, () => NodeActor.online(cluster.clients)),
    );
    const answered: string[] = [];
    replica!.pause();
    const crowd = Array.from({ length: CROWD }, (_, place) => nodes[place % NODES]!);
    const comings = await Promise.all(crowd.map((node) => askAlone(registrationOf(node))));
    const beats = await Promise.all(nodes.map((node) => askAlone(heartbeatOf(node))));
    const asked = new Map([['node', comings] as const, ['heartbeat', beats] as const]);
    const answers = [...asked].flatMap(([who, requests]) =>
      requests.map(async (sent) => {
        const [response] = (await once(sent, 'response')) as [IncomingMessage];
        answered.push(who);
        response.resume();
        return response.statusCode;
      }),
    );
    replica!.resume();
    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
    expect(answered.lastIndexOf('heartbeat')).toBeLessThan(CROWD / 2);
  });

  it('that bring more than the memory holds are refused before they are received', async () => {
    const first = announce(100 * MEBIBYTE);
    first.on('error', () => undefined); // it is cut below
    await new Promise((written) => first.write(Buffer.alloc(99 * MEBIBYTE), written));
    const second = announce(100 * MEBIBYTE);
    second.flushHeaders();
    const [refused] = (await once(second, 'response')) as [IncomingMessage];
    second.destroy();
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(await metric('admission_refusals_total', { why: 'bytes' })).toBeGreaterThan(0);
    const node = await NodeActor.online(cluster.clients);
    expect(await node.heartbeat(HEARTBEAT_SECONDS)).toBe(true);
    first.destroy();
  });

  it('shut nobody out by announcing what does not come', async () => {
    const before = await metric('admission_refusals_total', { why: 'bytes' });
    const giants = Array.from({ length: 3 }, () => announce(2 ** 31 - 1));
    for (const giant of giants) {
      giant.on('error', () => undefined);
      giant.flushHeaders();
      giant.write(Buffer.alloc(MEBIBYTE));
    }
    await Promise.all(giants.map((giant) => once(giant, 'socket')));
    const node = await NodeActor.online(cluster.clients);
    const pushed = node.pushObject(1n, '0'.repeat(64), Buffer.alloc(MEBIBYTE), 'none');
    expect(await outcomeOf(pushed)).not.toBe('UNAVAILABLE');
    expect(await outcomeOf(node.pull())).toBe('OK');
    expect(await metric('admission_refusals_total', { why: 'bytes' })).toBe(before);
    for (const giant of giants) giant.destroy();
  });

  /** What is left to do about a message that the first node has pulled, and about a reply that a ServerApp has. */
  async function confirmationsBy(nodes: readonly NodeActor[]): Promise<(() => Promise<string>)[]> {
    const [first, second] = nodes as [NodeActor, NodeActor];
    const task = await TaskActor.running(cluster.clients);
    const { runId } = task;
    const message = makeInstruction({ runId, dstNodeId: first.nodeId });
    const answered = makeInstruction({ runId, dstNodeId: second.nodeId });
    await task.send(message, answered);
    await first.pull();
    const { messagesList } = await second.receive();
    const reply = makeReply(messagesList[0]!);
    await second.send(reply);
    await task.pull(answered.id);
    return [
      () => outcomeOf(first.confirm(runId, message.id)),
      () => outcomeOf(task.confirm(reply.id)),
    ];
  }

  const registrationOf = (node: NodeActor): Asked => ({
    path: '/v1/fleet/register-node',
    body: FleetService.registerNode.requestSerialize({ publicKey: node.publicKey }),
    headers: httpForm(node.headers()),
  });

  const heartbeatOf = (node: NodeActor): Asked => ({
    path: '/v1/fleet/send-node-heartbeat',
    body: FleetService.sendNodeHeartbeat.requestSerialize({
      node: { nodeId: node.nodeId },
      heartbeatInterval: HEARTBEAT_SECONDS,
    }),
    headers: httpForm(node.headers()),
  });

  /** Sends a request over a connection of its own; resolves when all of it was sent. */
  async function askAlone({ path, body, headers }: Asked): Promise<ClientRequest> {
    const sent = post(path, body.length, headers);
    sent.end(body);
    await once(sent, 'finish');
    return sent;
  }

  /** Asks for messages, over a connection of its own, and closes it without an answer. */
  async function leaveAtOnce(): Promise<void> {
    const [host = '', port = ''] = cluster.replicas[0]!.addresses.http.split(':');
    const socket = connect({ host, port: Number(port) });
    const headers = 'host: superlink\r\ncontent-type: application/protobuf\r\ncontent-length: 0';
    socket.end(`POST /v1/fleet/pull-messages HTTP/1.1\r\n${headers}\r\n\r\n`);
    await once(socket, 'finish');
    socket.destroy();
  }

  /** A PushObject that says how much will come. */
  function announce(bytes: number): ClientRequest {
    return post('/v1/fleet/push-object', bytes);
  }

  /** Begins a request over a connection of its own. */
  function post(path: string, bytes: number, headers: Asked['headers'] = {}): ClientRequest {
    const [host, port] = cluster.replicas[0]!.addresses.http.split(':');
    return request({
      ...{ host, port, method: 'POST', path, agent: false },
      headers: { 'content-type': 'application/protobuf', 'content-length': bytes, ...headers },
    });
  }
});
