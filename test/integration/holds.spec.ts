import { FleetService, type PullMessagesResponse } from '../../src/generated/flwr/proto/fleet';
import { ServerAppIoService } from '../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../support/cluster';
import { NodeActor } from '../support/node-actor';
import { type DeflatedMessage, makeInstruction, makeReply } from '../support/objects';
import type { PendingCall, RpcClients } from '../support/rpc-clients';
import { startRun, TaskActor } from '../support/task-actor';

/** With 1 s it went unnoticed that nobody is woken (test/mutants): something else woke the call within that. */
const PROMPT_MILLISECONDS = 500;
/** Long enough to tell a held call from one that is only on its way. */
const HELD_MILLISECONDS = 700;
/** Half of `--drain-notice-seconds` by default: on a busy machine, too, a probe comes in the other half. */
const NOTICE_MILLISECONDS = 1_000;
const LISTENER = `application_name = 'superlink listen' and datname = current_database()`;

/** True if there is no answer after a while: the call is held. */
async function isHeld(answer: Promise<unknown>): Promise<boolean> {
  const nothing = Symbol('nothing yet');
  const wait = new Promise((resolve) => setTimeout(resolve, HELD_MILLISECONDS, nothing));
  return (await Promise.race([answer, wait])) === nothing;
}

describe('held calls', () => {
  const holds = ['--node-hold-seconds', '30', '--serverapp-hold-seconds', '30'];
  const cluster = useCluster({ flags: [...holds, '--task-hold-seconds', '30'] });
  let here: RpcClients;
  let there: RpcClients;

  beforeAll(() => {
    here = cluster.connect([0]);
    there = cluster.connect([1]);
  });

  /** A node at one replica, a ServerApp at the other. */
  async function pair(): Promise<{ node: NodeActor; app: TaskActor }> {
    const node = await NodeActor.online(here);
    const app = await TaskActor.running(there);
    return { node, app };
  }

  const instructionFor = (node: NodeActor, app: TaskActor): DeflatedMessage =>
    makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });

  const startPull = (node: NodeActor, clients = here): PendingCall<PullMessagesResponse> => {
    const request = { node: node.requests.node, messageIds: [] };
    return clients.start(FleetService.pullMessages, request, node.headers());
  };

  /** All objects but the last, which makes the message whole: so what is timed is the answer alone. */
  async function sendAllButLast(
    app: TaskActor,
    sent: DeflatedMessage,
  ): Promise<() => Promise<boolean>> {
    const { objectsToPush, sessionId } = await app.push(sent);
    const last = objectsToPush.at(-1)!;
    for (const id of objectsToPush.slice(0, -1)) {
      await app.pushObject(id, sent.objects.get(id)!, sessionId);
    }
    return () => app.pushObject(last, sent.objects.get(last)!, sessionId);
  }

  it('a SuperNode gets a message at once when it becomes whole through the other replica', async () => {
    const { node, app } = await pair();
    const { answer } = startPull(node);
    const sent = instructionFor(node, app);
    const complete = await sendAllButLast(app, sent);
    expect(await isHeld(answer)).toBe(true);
    await complete();
    const whole = performance.now();
    expect((await answer).messagesList).toEqual([sent.message]);
    expect(performance.now() - whole).toBeLessThan(PROMPT_MILLISECONDS);
  });

  it('a message whose objects are all known wakes its SuperNode too', async () => {
    const { node, app } = await pair();
    const payload = Buffer.from('known weights');
    const first = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId, payload });
    await app.send(first);
    await node.receive();
    const { answer } = startPull(node);
    expect(await isHeld(answer)).toBe(true);
    const error = { code: 7n, reason: 'no objects but itself' };
    const second = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId, error });
    await app.send(second);
    expect((await answer).messagesList).toEqual([second.message]);
  });

  it('one of two held polls of a node gets the message, the other goes on waiting', async () => {
    const { node, app } = await pair();
    const polls = [startPull(node, here), startPull(node, there)];
    expect(await isHeld(Promise.race(polls.map(({ answer }) => answer)))).toBe(true);
    const sent = instructionFor(node, app);
    await app.send(sent);
    const first = await Promise.race(polls.map(({ answer }, index) => answer.then(() => index)));
    const [winner, loser] = [polls[first]!, polls[1 - first]!];
    expect((await winner.answer).messagesList).toEqual([sent.message]);
    await node.confirm(app.runId, sent.id);
    expect(await isHeld(loser.answer)).toBe(true);
    loser.answer.catch(() => undefined); // its client hangs up
    loser.cancel();
  });

  it('a message that was not confirmed comes again within 5 s of the next poll', async () => {
    const { node, app } = await pair();
    const sent = instructionFor(node, app);
    await app.send(sent);
    const handedOut = performance.now();
    expect(await node.pullId()).toBe(sent.id);
    const next = performance.now();
    expect(await node.pullId()).toBe(sent.id);
    expect(performance.now() - handedOut).toBeGreaterThan(2_000);
    expect(performance.now() - next).toBeLessThan(5_000);
  });

  it('a message is kept for the next poll when a replica that was stopped learns of it and of its client being gone', async () => {
    const { node, app } = await pair();
    const poll = startPull(node, here);
    poll.answer.catch(() => undefined); // its client hangs up
    expect(await isHeld(poll.answer)).toBe(true);
    const sent = instructionFor(node, app);
    const [stopped] = cluster.replicas;
    stopped!.pause();
    try {
      poll.cancel();
      await app.send(sent);
    } finally {
      stopped!.resume();
    }
    await TaskActor.running(here); // which is served after what came while it was stopped
    const next = performance.now();
    expect((await startPull(node, there).answer).messagesList).toEqual([sent.message]);
    expect(performance.now() - next).toBeLessThan(PROMPT_MILLISECONDS);
  });

  it('a ServerApp gets its replies at once when the last of them is whole', async () => {
    const { node, app } = await pair();
    const sent = [instructionFor(node, app), instructionFor(node, app)];
    await app.send(...sent);
    const [first, second] = sent.map(({ message }) => makeReply(message));
    await node.send(first!);
    const answer = app.pull(...sent.map(({ id }) => id));
    expect(await isHeld(answer)).toBe(true);
    await node.send(second!);
    const whole = performance.now();
    const { messagesList } = await answer;
    expect(performance.now() - whole).toBeLessThan(PROMPT_MILLISECONDS);
    const ids = messagesList.map(({ metadata }) => metadata?.messageId);
    expect(new Set(ids)).toEqual(new Set([first!.id, second!.id]));
  });

  it('a SuperExec gets a task at once when a run is started through the other replica', async () => {
    const { answer } = here.start(ServerAppIoService.pullPendingTasks, {});
    expect(await isHeld(answer)).toBe(true);
    const runId = await startRun(there);
    const started = performance.now();
    const { tasks } = await answer;
    expect(performance.now() - started).toBeLessThan(PROMPT_MILLISECONDS);
    expect(tasks.map((task) => task.runId)).toEqual([runId]);
    await here.call(ServerAppIoService.claimTask, { taskId: tasks[0]!.taskId });
  });

  it('200 of them take no database connection and no transaction', async () => {
    const { node } = await pair();
    const busy = `select count(*) from pg_stat_activity where datname = current_database()
      and application_name <> 'superlink listen' and pid <> pg_backend_pid()
      and (state <> 'idle' or wait_event_type = 'Lock')`;
    const polls = Array.from({ length: 200 }, () => startPull(node));
    expect(await isHeld(Promise.race(polls.map(({ answer }) => answer)))).toBe(true);
    // upkeep takes a connection now and then, but never for long
    await vi.waitFor(async () => expect(await cluster.count(busy)).toBe(0), 5_000);
    const [other] = await Promise.all([pair(), NodeActor.online(here)]);
    expect((await other.node.getRun(other.app.runId)).run?.runId).toBe(other.app.runId);
    for (const { answer, cancel } of polls) {
      answer.catch(() => undefined); // their client hangs up
      cancel();
    }
  });

  it('they are answered within 3 s although the LISTEN connection was killed', async () => {
    const { node, app } = await pair();
    const { answer } = startPull(node);
    const sent = instructionFor(node, app);
    const complete = await sendAllButLast(app, sent);
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity where ${LISTENER}`;
    expect(await cluster.query(kill)).toHaveLength(2);
    await complete();
    const whole = performance.now();
    expect((await answer).messagesList).toEqual([sent.message]);
    expect(performance.now() - whole).toBeLessThan(3_000);
    const listeners = `select count(*) from pg_stat_activity where ${LISTENER}`;
    await vi.waitFor(async () => expect(await cluster.count(listeners)).toBe(2), 20_000);
  });

  it('a replica that drains answers them, and ends with code 0', async () => {
    const { node, app } = await pair();
    const sent = instructionFor(node, app);
    await app.send(sent);
    await node.receive();
    const calls = [startPull(node).answer, app.through(here).pull(sent.id)];
    const tasks = here.start(ServerAppIoService.pullPendingTasks, {}).answer;
    expect(await isHeld(Promise.race([...calls, tasks]))).toBe(true);
    const asked = performance.now();
    const exit = cluster.replicas[0]!.stop();
    const answers = await Promise.all(calls);
    expect(answers.map(({ messagesList }) => messagesList)).toEqual([[], []]);
    expect((await tasks).tasks).toEqual([]);
    let told = asked;
    while ((await cluster.replicas[0]!.readiness()) === 404) told = performance.now();
    expect(told - asked).toBeGreaterThan(NOTICE_MILLISECONDS);
    expect(await exit).toBe(0);
  });
});

describe('held calls of a replica with little time to drain', () => {
  const cluster = useCluster({
    count: 1,
    flags: ['--node-hold-seconds', '30', '--drain-seconds', '3'],
  });

  it('are answered before it cuts connections', async () => {
    const { clients } = cluster;
    const [replica] = cluster.replicas;
    const node = await NodeActor.online(clients);
    const request = { node: node.requests.node, messageIds: [] };
    const { answer } = clients.start(FleetService.pullMessages, request, node.headers());
    expect(await isHeld(answer)).toBe(true);
    const exit = replica!.stop();
    expect((await answer).messagesList).toEqual([]);
    expect(await replica!.readiness()).toBe(404);
    expect(await exit).toBe(0);
  });
});

describe('calls that are not held', () => {
  const cluster = useCluster({ count: 1 });

  it('are answered at once when holds are 0', async () => {
    const node = await NodeActor.online(cluster.clients);
    const app = await TaskActor.running(cluster.clients);
    const sent = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId });
    await app.send(sent);
    await node.receive();
    const asked = performance.now();
    expect((await node.pull()).messagesList).toEqual([]);
    expect((await app.pull(sent.id)).messagesList).toEqual([]);
    expect(await cluster.clients.call(ServerAppIoService.pullPendingTasks, {})).toMatchObject({
      tasks: [],
    });
    expect(performance.now() - asked).toBeLessThan(3 * PROMPT_MILLISECONDS);
  });
});
