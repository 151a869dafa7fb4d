/** Free ports, and waiting until someone answers on one. */
import { connect, createServer } from 'node:net';

const POLL_MS = 50;

const listen = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

/** So many different ports of the loopback that nobody listened on a moment ago. */
export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
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
