/**
 * The same run of examples/toy with stock programs against the stock SuperLink and against two of
 * our replicas behind Caddy, in turns. With one SuperNode, so that what is compared is the waiting:
 * starting a ClientApp takes a core for two seconds, and two at once take them from each other on
 * a machine of two. `rounds-of-two` shows that.
 */
import { join } from 'node:path';

import { APIS, startBalancer } from '../scripts/demo/balancer.mjs';
import { ROOT } from '../scripts/demo/setup.mjs';
import { say } from '../scripts/demo/terminal.mjs';
import { Federation } from '../scripts/flower/federation.mjs';
import { addressesOf, freePorts } from '../scripts/flower/ports.mjs';
import { startStockSuperLink } from '../scripts/flower/stock-superlink.mjs';
import { spread } from './report.mjs';
import { tripsOf } from './round-trips.mjs';
import { namedPorts, startDatabase, startReplica } from './superlink.mjs';

const APP = join(ROOT, 'examples', 'toy');
const NODES = 1;
const ROUNDS = 3;
const TURNS = 3;
const GOAL_RATIO = 0.5;
const GOAL_SECONDS_ON_TOP = 0.3;

async function startStock(options) {
  const ports = await namedPorts(APIS);
  await startStockSuperLink({ ...options, ports });
  return addressesOf(ports);
}

async function startOurs({ household, directory, program, caddy }) {
  const databaseUrl = await startDatabase({ household, directory });
  const replicas = [];
  for (const name of ['replica-1', 'replica-2']) {
    // Two at once would both want to migrate: the second waits for the first.
    replicas.push(await startReplica({ household, program, databaseUrl, name }));
  }
  const ports = await namedPorts([...APIS, 'health']);
  await startBalancer({ household, caddy, directory: join(directory, 'caddy'), ports, replicas });
  return addressesOf(ports);
}

const STARTERS = { stock: startStock, ours: startOurs };
const SYSTEMS = Object.keys(STARTERS);

async function startFederation({ household, flower, addresses, directory, name, nodes }) {
  const federation = new Federation({
    household,
    flower,
    addresses,
    directory: join(directory, name),
  });
  federation.startSuperExec({ name: `${name}-superexec` });
  const ports = await freePorts(nodes);
  ports.forEach((port, index) =>
    federation.startSuperNode(index, nodes, port, { name: `${name}-supernode-${index + 1}` }),
  );
  await Promise.all(federation.nodes.map((node) => federation.nodeId(node)));
  return federation;
}

/** One run from its submission to its end. */
async function play(federation) {
  const submittedAt = Date.now();
  const nodes = federation.nodes.length;
  const runId = await federation.run(APP, { rounds: ROUNDS, 'min-nodes': nodes });
  const { run, result } = await federation.waitForEnd(runId);
  if (run.status !== 'finished:completed' || result.replies !== nodes * ROUNDS) {
    throw new Error(`run ${runId} is ${run.status}: ${JSON.stringify(result)}`);
  }
  return {
    submittedAt,
    checksum: result.checksum,
    roundsSeconds: result.rounds_seconds,
    // From the start of the run to its end, as the SuperLink tells it.
    runSeconds: run.elapsed,
    trips: tripsOf(result, federation.nodes),
  };
}

function tableOf(systems, turns) {
  const figure = (pick) => (name) => spread(turns.filter((turn) => turn.system === name).map(pick));
  const cells = (label, of) =>
    systems.map((name) => {
      const { median, min, max } = of(name);
      return [`${label}, ${name}`, ...[median, min, max].map((seconds) => seconds.toFixed(2))];
    });
  return [
    ['seconds', 'median', 'min', 'max'],
    ...cells(
      `${ROUNDS} rounds`,
      figure((turn) => turn.roundsSeconds),
    ),
    ...cells(
      'whole run',
      figure((turn) => turn.runSeconds),
    ),
  ];
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

const TRIP_PARTS = {
  'send to receive': 'seconds',
  'the node itself': 'clientSeconds',
  'waiting for the other node': 'otherNodeSeconds',
  'on top of the clients': 'onTopSeconds',
  '  ServerApp sends to node has it': 'outSeconds',
  '  node sends to ServerApp has it': 'backSeconds',
  '    of this until the node has sent it': 'pushSeconds',
  '    of this from there on': 'afterPushSeconds',
};

function tripTable(systems, turns) {
  const trips = (name) =>
    turns.filter(({ system }) => system === name).flatMap((turn) => turn.trips);
  return [
    ['seconds a round trip, mean', ...systems],
    ...Object.entries(TRIP_PARTS).map(([label, part]) => [
      label,
      ...systems.map((name) => mean(trips(name).map((trip) => trip[part])).toFixed(3)),
    ]),
  ];
}

/** See `report` for what is returned. */
export async function measure(options) {
  return judge(await playInTurns({ ...options, nodes: NODES }));
}

/** The turns of all systems with federations of so many SuperNodes. */
export async function playInTurns({ household, directory, program, flower, caddy, nodes }) {
  const federations = {};
  for (const name of SYSTEMS) {
    const options = { household, directory: join(directory, name), program, flower, caddy };
    const addresses = await STARTERS[name](options);
    federations[name] = await startFederation({
      ...{ household, flower, addresses, directory, name, nodes },
    });
    await play(federations[name]);
    say(`${name}: serves, and played one run to warm up`);
  }
  const turns = [];
  for (let turn = 1; turn <= TURNS; turn += 1) {
    for (const system of SYSTEMS) {
      turns.push({ system, ...(await play(federations[system])) });
      const { roundsSeconds, runSeconds } = turns.at(-1);
      say(`turn ${turn}, ${system}: ${roundsSeconds.toFixed(2)} s, run ${runSeconds.toFixed(2)} s`);
    }
  }
  return turns;
}

/** Where the time of the turns went, as tables. */
export function tablesOf(turns) {
  return [
    { heading: 'Wall time', rows: tableOf(SYSTEMS, turns) },
    { heading: 'Round trips', rows: tripTable(SYSTEMS, turns) },
  ];
}

function judge(turns) {
  const of = (name, pick) => turns.filter(({ system }) => system === name).map(pick);
  const median = (name, pick) => spread(of(name, pick)).median;
  const ratioOf = (pick) => median('ours', pick) / median('stock', pick);
  const rounds = ratioOf((turn) => turn.roundsSeconds);
  const runs = ratioOf((turn) => turn.runSeconds);
  const onTop = mean(of('ours', (turn) => turn.trips.map((trip) => trip.onTopSeconds)).flat());
  const isSame = new Set(turns.map(({ checksum }) => checksum)).size === 1;
  return {
    tables: tablesOf(turns),
    goals: [
      { holds: isSame, text: 'all runs came to the same checksum' },
      {
        holds: rounds <= GOAL_RATIO,
        text: `${ROUNDS} rounds: ${rounds.toFixed(2)} of stock's time (at most ${GOAL_RATIO})`,
      },
      {
        holds: runs <= GOAL_RATIO,
        text: `whole run: ${runs.toFixed(2)} of stock's time (at most ${GOAL_RATIO})`,
      },
      {
        holds: onTop <= GOAL_SECONDS_ON_TOP,
        text: `${onTop.toFixed(3)} s a round trip on top of the clients (at most ${GOAL_SECONDS_ON_TOP})`,
      },
    ],
    data: { turns },
  };
}
