/**
 * One replica under more than it can take: twice its peak, and ten thousand nodes that come back within a second. Except
 * in that storm the load has a core to itself: what it takes to refuse and to send again is no gain of the replica's.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';

import { ROOT } from '../scripts/demo/setup.mjs';
import { say } from '../scripts/demo/terminal.mjs';
import { cpuSecondsOfTree, peakResidentMib, processesOf } from './process-figures.mjs';
import { spread } from './report.mjs';
import { postmasterPid, startDatabase, startReplica } from './superlink.mjs';

const LOAD = join(ROOT, 'bench', 'overload-load.mjs');
const CALLING_NODES = 200;
const CALLERS = [16, 64, 256];
const SECONDS = 15;
// A stock SuperNode that waits for work asks so often.
const POLL_EVERY_SECONDS = 3;
const STORM_NODES = 10_000;
const STORM_PROCESSES = 2;
const GOAL_SHARE = 0.9;
const GOAL_STORM_SECONDS = 30;
const HEARTBEAT_PATIENCE_MS = 5_000;
const LONGEST_MS = 240_000;

/** As if each had last been heard almost half a minute ago: its next heartbeat is due, and must get through. */
const LEASE_SECONDS = 35;
const SHORTEN_LEASES = `
update node set online_until = now() + interval '${LEASE_SECONDS} seconds'`;
const COUNT_NODES = `
select count(*)::int as nodes, count(*) filter (where online_until <= now())::int as offline
from node`;

const LAST_CORE = String(availableParallelism() - 1);
const OTHER_CORES = `0-${Math.max(availableParallelism() - 2, 0)}`;
const ALL_CORES = `0-${LAST_CORE}`;

/** Lets all threads of these processes run on these cores only. */
function pin(pids, cores) {
  for (const pid of pids) execFileSync('taskset', ['-a', '-c', '-p', cores, String(pid)]);
}

/** Processes that are ready to play the nodes; `args` begin with what they do. */
async function startLoads({ household, databaseUrl, replica }, { name, args, isStorm }) {
  const address = `127.0.0.1:${replica.ports[isStorm ? 'http' : 'fleet']}`;
  const [mode, ...rest] = args;
  const commandLine = [LOAD, mode, address, ...rest.map(String)];
  const env = { ...process.env, FLWR_DATABASE: databaseUrl };
  const loads = Array.from({ length: isStorm ? STORM_PROCESSES : 1 }, (_, index) =>
    household.start(`load-${name}-${index + 1}`, process.execPath, commandLine, { env, stage: 2 }),
  );
  await Promise.all(loads.map((child) => child.waitForLine(/"ready"/, LONGEST_MS)));
  return loads;
}

/** What all processes of a load counted together. */
function total(parts) {
  const sum = (field) => parts.reduce((all, part) => all + (part[field] ?? 0), 0);
  const fields = ['served', 'servedInTime', 'sent', 'refused', 'failed', 'lostHeartbeats'];
  return {
    ...Object.fromEntries(fields.map((field) => [field, sum(field)])),
    lastFailure: parts.find(({ lastFailure }) => lastFailure !== '')?.lastFailure,
    heartbeatMs: spread(parts.flatMap(({ heartbeatMs }) => heartbeatMs)).max,
    takenMs: parts.flatMap(({ takenMs = [] }) => takenMs).toSorted((one, other) => one - other),
  };
}

/** What the load counted, and what the replica and PostgreSQL spent on it. */
async function load(options, { name, args, isStorm = false, onBegin = () => {} }) {
  const loads = await startLoads(options, { name, args, isStorm });
  const servers = [options.replica.child.pid, postmasterPid(options.directory)];
  const loadPids = loads.map(({ pid }) => pid);
  pin(servers.flatMap(processesOf), isStorm ? ALL_CORES : OTHER_CORES);
  pin(loadPids, isStorm ? ALL_CORES : LAST_CORE);
  const cpu = () => servers.reduce((sum, pid) => sum + cpuSecondsOfTree(pid), 0);
  const before = cpu();
  const beganAt = performance.now();
  await onBegin();
  for (const pid of loadPids) process.kill(pid, 'SIGUSR2');
  const lines = await Promise.all(
    loads.map((child) => child.waitForLine(/"event":"done"/, LONGEST_MS)),
  );
  const seconds = (performance.now() - beganAt) / 1000;
  const counts = total(lines.map(({ text }) => JSON.parse(text)));
  say(`${name}: ${counts.served} served in ${seconds.toFixed(1)} s, ${counts.refused} refused`);
  return { name, seconds, cpuSeconds: cpu() - before, ...counts };
}

/** Served calls a second: of closed callers all, of offered ones those that were answered while they came. */
const rate = ({ served, servedInTime }) => (servedInTime || served) / SECONDS;

async function measureAll(options) {
  const peaks = [];
  for (const callers of CALLERS) {
    const args = ['callers', CALLING_NODES, callers, SECONDS];
    peaks.push(await load(options, { name: `${callers} callers`, args }));
  }
  const peak = peaks.toSorted((one, other) => rate(other) - rate(one))[0];
  const offered = Math.round(2 * rate(peak));
  const flood = await load(options, {
    name: `${offered} calls a second`,
    args: ['offered', CALLING_NODES, offered, SECONDS],
  });
  await options.client.query('delete from node');
  const nodes = offered * POLL_EVERY_SECONDS;
  const twice = await load(options, {
    name: `${nodes} nodes, each every ${POLL_EVERY_SECONDS} s`,
    args: ['waiting', nodes, SECONDS],
  });
  return { peaks, peak, flood, twice, storm: await measureStorm(options) };
}

async function measureStorm(options) {
  const { client } = options;
  await client.query('delete from node'); // who called before has fallen silent
  let beganAt = 0;
  const storm = await load(options, {
    name: 'storm',
    args: ['storm', STORM_NODES / STORM_PROCESSES],
    isStorm: true,
    onBegin: async () => {
      await client.query(SHORTEN_LEASES);
      beganAt = performance.now();
    },
  });
  await pause(Math.max((LEASE_SECONDS + 1) * 1000 - (performance.now() - beganAt), 0));
  return { ...storm, ...(await client.query(COUNT_NODES)).rows[0] };
}

const perCpu = ({ served, cpuSeconds }) => (served / cpuSeconds).toFixed(0);

function rowOf(figures) {
  const { name, refused, failed, heartbeatMs } = figures;
  return [
    name,
    rate(figures).toFixed(0),
    perCpu(figures),
    String(refused),
    String(failed),
    heartbeatMs.toFixed(0),
  ];
}

function stormRows({ takenMs, refused, failed, lostHeartbeats, offline }, peakMib) {
  const at = (share) => (takenMs[Math.ceil(takenMs.length * share) - 1] / 1000).toFixed(1);
  return [
    ['', 'figure'],
    ['half of them served after, s', at(0.5)],
    ['99 % served after, s', at(0.99)],
    ['all served after, s', at(1)],
    ['told to come again', String(refused)],
    ['other failures', String(failed)],
    ['heartbeats without an answer within 5 s', String(lostHeartbeats)],
    ['nodes offline at the end', String(offline)],
    ['peak RSS of the replica, MiB', peakMib.toFixed(0)],
  ];
}

function goalsOf({ peaks, peak, flood, twice, storm }) {
  const share = rate(twice) / rate(peak);
  const slowest = Math.max(flood.heartbeatMs, twice.heartbeatMs);
  const lastSeconds = storm.takenMs.at(-1) / 1000;
  return [
    {
      holds: share >= GOAL_SHARE,
      text: `of nodes that ask for twice the peak ${(share * 100).toFixed(0)} % of it are served (${GOAL_SHARE * 100})`,
    },
    {
      holds: slowest < HEARTBEAT_PATIENCE_MS,
      text: `a heartbeat takes ${slowest} ms at most (${HEARTBEAT_PATIENCE_MS})`,
    },
    {
      holds: [...peaks, flood, twice, storm].every(({ failed }) => failed === 0),
      text: 'nobody is told anything but to come again',
    },
    {
      holds: lastSeconds <= GOAL_STORM_SECONDS,
      text: `all are served within ${lastSeconds.toFixed(1)} s (${GOAL_STORM_SECONDS})`,
    },
    {
      holds: storm.nodes === STORM_NODES && storm.offline === 0,
      text: `${storm.offline} of ${storm.nodes} nodes are offline`,
    },
  ];
}

/** See `report` for what is returned. */
export async function measure({ household, directory, program }) {
  const databaseUrl = await startDatabase({ household, directory });
  const client = new pg.Client({ connectionString: databaseUrl });
  // the database ends before this client when a signal ends the bench
  client.on('error', () => {});
  await client.connect();
  const flags = ['--node-hold-seconds', '0'];
  const replica = await startReplica({ household, program, databaseUrl, name: 'replica', flags });
  const figures = await measureAll({ household, directory, databaseUrl, replica, client });
  await client.end();
  const peakMib = peakResidentMib(replica.child.pid);
  const { peaks, flood, twice, storm } = figures;
  const head = [
    '',
    'served a second',
    'a CPU second',
    'refused',
    'failed',
    'slowest heartbeat, ms',
  ];
  return {
    tables: [
      {
        heading: 'Signed calls to one replica',
        rows: [head, ...[...peaks, flood, twice].map(rowOf)],
      },
      {
        heading: `${STORM_NODES} nodes come back within one second`,
        rows: stormRows(storm, peakMib),
      },
    ],
    goals: goalsOf(figures),
    data: { figures: { ...figures, storm: { ...storm, takenMs: undefined }, peakMib } },
  };
}
