import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Cluster } from './postgres-cluster';
import { commandLineOf, hasEndedWithin } from './running-process';
import { StartFailure } from './start-failure';

const STOP_SECONDS = 20;
const READY = 'database system is ready to accept connections';
const PORT_TAKEN = 'could not create any TCP/IP sockets';

/**
 * Runs the server and asks it to stop (SIGINT: fast, and clean) when our end of the pipe closes: on our word, and
 * also when we are killed and can give none.
 */
const GUARD = `
  exec 3<&0
  "$@" </dev/null 3<&- & server=$!
  ( read -r _ <&3; kill -INT "$server" ) & watcher=$!
  wait "$server"; code=$?
  kill "$watcher" 2>/dev/null
  exit "$code"
`;

/** A server that accepts connections. */
export interface PostgresServer {
  /** Settles when it has ended, on our word or by itself. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Another process has the port; the caller chooses another. */
export class PortTakenError extends Error {}

/** Starts PostgreSQL and waits until it accepts connections. Throws StartFailure or PortTakenError. */
export async function startPostgres(
  cluster: Cluster,
  port: number,
  maxConnections: number,
  onLine: (line: string) => void,
): Promise<PostgresServer> {
  const command = [
    join(cluster.bin, 'postgres'),
    '-D',
    cluster.directory,
    ...flags(port, maxConnections),
  ];
  const child = spawn('/bin/sh', ['-c', GUARD, 'guard', ...command], {
    ...cluster.account,
    cwd: '/',
    // a session of its own, so that the terminal's Ctrl-C reaches it only after the replicas are drained
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stdin.on('error', () => undefined); // it ended before we closed our end
  const ended = once(child, 'exit').then(() => undefined);
  const server = { ended, stop: () => stop(child, ended, cluster.directory) };
  await untilReady(child, ended, onLine);
  return server;
}

/**
 * Ends a server that a killed superlink left behind on this cluster, and removes the pid file of one that is gone.
 * The caller holds the directory's lock, so no living superlink uses it. Throws StartFailure.
 */
export async function endLeftoverServer(directory: string): Promise<void> {
  const id = postmasterId(directory);
  if (id === undefined) return;
  if (commandLineOf(id).includes(directory)) {
    process.kill(id, 'SIGINT');
    if (await hasEndedWithin(id, STOP_SECONDS)) return;
    throw new StartFailure(
      `A PostgreSQL (process ${String(id)}) left over on ${directory} does not stop. End it, then start again.`,
    );
  }
  // the id belongs to somebody else now, which PostgreSQL would take for its own server
  rmSync(join(directory, 'postmaster.pid'), { force: true });
}

function flags(port: number, maxConnections: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: maxConnections,
    log_min_messages: 'log', // statements that fail are told by the replicas
    log_checkpoints: 'off',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`]);
}

async function untilReady(
  child: ChildProcess,
  ended: Promise<void>,
  onLine: (line: string) => void,
): Promise<void> {
  if (child.stderr === null) return;
  const lines = createInterface({ input: child.stderr });
  let fatal = '';
  const ready = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line.includes(READY)) resolve();
      if (line.includes('FATAL:')) fatal = line.slice(line.indexOf('FATAL:') + 6).trim();
      onLine(line);
    });
  });
  const failed = Promise.all([ended, once(lines, 'close')]).then(() => {
    if (fatal.includes(PORT_TAKEN)) throw new PortTakenError(fatal);
    throw new StartFailure(
      `The embedded PostgreSQL did not start: ${fatal || 'it gave no reason'}.`,
    );
  });
  failed.catch(() => undefined); // it also ends after having been ready
  await Promise.race([ready, failed]);
}

async function stop(child: ChildProcess, ended: Promise<void>, directory: string): Promise<void> {
  child.stdin?.end();
  const timer = setTimeout(() => {
    const id = postmasterId(directory);
    if (id !== undefined) process.kill(id, 'SIGQUIT'); // the next start recovers from the log
  }, STOP_SECONDS * 1_000);
  await ended;
  clearTimeout(timer);
}

function postmasterId(directory: string): number | undefined {
  try {
    const id = Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[0]);
    return Number.isInteger(id) && id > 0 ? id : undefined;
  } catch {
    return undefined;
  }
}
