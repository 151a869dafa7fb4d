/** Free ports, and waiting until someone answers on one. */
import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

const POLL_MS = 50;

// Below the range from which systems take the ports of outgoing connections: a port found free
// there could be taken before the program that it is meant for has started.
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;
// Nor may another worker of the same tests draw it meanwhile: each has a part of its own.
const WORKERS = 4;
const TRIES = 1000;

const givenOut = new Set();

/** The lowest port, and the one above the highest, that this process may give out. */
function range() {
  const worker = process.env.VITEST_POOL_ID;
  if (worker === undefined) return [LOWEST_PORT, HIGHEST_PORT];
  const size = (HIGHEST_PORT - LOWEST_PORT) / WORKERS;
  const lowest = LOWEST_PORT + (Number(worker) % WORKERS) * size;
  return [lowest, lowest + size];
}

/** Whether a port of the loopback can be listened on. */
const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

async function freePort() {
  const [lowest, above] = range();
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = randomInt(lowest, above);
    if (givenOut.has(port)) continue;
    givenOut.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${lowest} to ${above}`);
}

/** So many ports of the loopback that are free and were not given out before. */
export async function freePorts(count) {
  const ports = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

/** The addresses of named ports, by the same names. */
export function addressesOf(ports) {
  const addresses = Object.entries(ports).map(([name, port]) => [name, `127.0.0.1:${port}`]);
  return Object.fromEntries(addresses);
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks until `probe` answers something true, `child` ends or the time is up. */
export async function waitUntil(what, probe, { child, timeoutMs = 60_000, pollMs = POLL_MS }) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    if (child && !child.isRunning) throw new Error(`${child.name} ended\n${child.tail()}`);
    if (Date.now() > end)
      throw new Error(`${what}: not within ${timeoutMs} ms\n${child?.tail() ?? ''}`);
    await pause(pollMs);
  }
}

/** Until a GET of the address answers 200. */
export function waitForHttp(url, options) {
  const probe = () =>
    fetch(url, { signal: AbortSignal.timeout(2000) }).then(
      (response) => response.ok,
      () => false,
    );
  return waitUntil(url, probe, options);
}

/** Until something listens on the port of the loopback. */
export function waitForPort(port, options) {
  const probe = () =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      const answer = (isOpen) => {
        socket.destroy();
        resolve(isOpen);
      };
      socket.once('connect', () => answer(true)).once('error', () => answer(false));
    });
  return waitUntil(`port ${port}`, probe, options);
}
