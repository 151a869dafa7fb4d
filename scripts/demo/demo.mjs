/**
 * `npm run demo`: a stock federated run that outlives one of its servers. `--flwr VERSION` takes another
 * release than the newest, `--no-kill` lets the server live.
 */
import { join } from 'node:path';

import { taskService } from '../flower/generation.mjs';
import { unlessOneEnds } from '../flower/processes.mjs';
import { startCluster } from './cluster.mjs';
import { readArguments, ROOT, setUp } from './setup.mjs';
import { bold, check, green, red, say, table, title } from './terminal.mjs';
import { inWorkplace } from './workplace.mjs';

const APP = join(ROOT, 'examples', 'digits');
const NODES = 2;
const ROUNDS = 3;
const KILL_IN_ROUND = 2;
const RUN_LIMIT_MS = 5 * 60_000;

/**
 * SIGKILLs the busiest replica while the nodes work on the round: the ServerApp's and the SuperExec's
 * calls are held then. Not amid a burst of small calls: Caddy turns an answer cut between its body
 * and its trailers into INTERNAL, which Flower's clients don't repeat.
 */
async function killInRound(cluster, calls, runId) {
  const { federation } = cluster;
  await Promise.all(
    federation.nodes.map((node) => federation.atWork(node, runId, KILL_IN_ROUND, RUN_LIMIT_MS)),
  );
  const victim = calls.busiest(cluster.replicas);
  victim.child.kill('SIGKILL');
  const answered = calls.of(victim.name);
  say(
    red(
      `SIGKILL to ${victim.name} (${answered} calls so far): both nodes work on round ${KILL_IN_ROUND}`,
    ),
  );
  return victim;
}

function showProgress(log, household) {
  log.on('line', (text) => {
    if (/^round \d+ (begins|accuracy)/.test(text)) say(`ServerApp: ${text}`);
    if (/^error reply/.test(text)) say(red(`ServerApp: ${text}`));
  });
  log.on('again', () => {
    if (!household.isStopping) say('flwr log lost its connection and is started again');
  });
}

/** What the same training gives without any network. */
async function reference(household, flower) {
  const lines = await household.run(
    'reference',
    flower.python,
    ['-m', 'digits.reference', String(NODES)],
    { cwd: APP, env: flower.env(APP) },
  );
  return JSON.parse(lines.at(-1));
}

function showCalls(calls, { replicas, federation }, victim) {
  const services = ['Fleet', taskService(federation.flower.version), 'Control'];
  title('Calls answered');
  table([
    ['', ...services],
    ...replicas.map(({ name }) => [
      name === victim?.name ? `${name} (killed)` : name,
      ...services.map((service) => String(calls.of(name, `/flwr.proto.${service}/`))),
    ]),
  ]);
}

function checkOutcome({ outcome, expected, left, seen, clients }) {
  const { run, result } = outcome;
  title('What was lost');
  const rows = Object.values(left).reduce((sum, count) => sum + count, 0);
  const checks = [
    check(run.status === 'finished:completed', `the run is ${run.status}`),
    check(
      result?.replies === NODES * ROUNDS && result.errors === 0,
      `${result?.replies} of ${NODES * ROUNDS} replies averaged, ${result?.errors} errors`,
    ),
    check(rows === 0, `${rows} messages or objects of the run left in the database`),
    check(
      clients.every((client) => client.isRunning),
      'no client program ended early',
    ),
    check(
      result?.accuracy === expected.accuracy,
      `accuracy ${result?.accuracy} (training without a network: ${expected.accuracy})`,
    ),
    check(
      result?.parameters_sha256 === expected.parameters_sha256,
      'the parameters are the same bit by bit',
    ),
  ];
  say(`${seen.messages} messages seen in the database, ${seen.again} handed out again`);
  return checks.every(Boolean);
}

async function demo({ household, directory }) {
  const { flwr, 'no-kill': isSparing } = readArguments({
    'no-kill': { type: 'boolean', default: false },
  });
  const isKilling = !isSparing;
  title('Set-up');
  const tools = await setUp(household, flwr);
  title('Three replicas over one PostgreSQL');
  const cluster = await startCluster({ household, directory, ...tools });
  const { CallCounter, DatabaseWitness } = await import('./witness.mjs');
  const { federation, replicas } = cluster;
  const calls = new CallCounter(replicas);
  const witness = new DatabaseWitness(cluster.databaseUrl);
  household.onStop(() => witness.close());
  title(`flwr run examples/digits, Flower ${tools.flower.version}`);
  const runId = await federation.run(APP);
  say(`run ${runId}`);
  witness.watch(runId);
  const log = federation.follow(runId);
  showProgress(log, household);
  const ended = Promise.race([log.waitForEnd(RUN_LIMIT_MS), unlessOneEnds(cluster.programs)]);
  const victim = isKilling
    ? await Promise.race([killInRound(cluster, calls, runId), ended])
    : undefined;
  await ended;
  if (isKilling && !victim) throw new Error(`the run ended before round ${KILL_IN_ROUND}`);
  const outcome = await federation.outcome(runId);
  say(`flwr ls: ${outcome.run.status}, ${outcome.run.elapsed.toFixed(1)} s`);
  const expected = await reference(household, tools.flower);
  const left = await witness.leftBehind(runId);
  showCalls(calls, cluster, victim);
  const { clients } = cluster;
  const isGood = checkOutcome({ outcome, expected, left, seen: witness.seen(), clients });
  const { accuracy, parameters_sha256: hash } = outcome.result ?? {};
  const praise = victim ? 'The run did not notice.' : 'The run without a kill.';
  title(isGood ? green(praise) : red('The demo failed.'));
  process.stdout.write(`${bold(`accuracy ${accuracy} parameters ${hash}`)}\n`);
  return isGood;
}

await inWorkplace('superlink-demo', demo);
